# One image for web, worker, beat, calls and switch: no compiler, no Node, no root.
# docker build -t continuum .

FROM node:22-bookworm-slim AS frontend
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit
COPY static static
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
RUN pip install --no-cache-dir uv==0.13.9 && python -m venv /venv
COPY requirements-run.txt .
RUN VIRTUAL_ENV=/venv uv pip sync --require-hashes --compile-bytecode requirements-run.txt

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin continuum
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CONTINUUM_ENV=production
COPY --from=packages /venv /venv
COPY . .
COPY --from=frontend /app/static/dist static/dist
# Static files are named by their content; that needs settings, but no server and no real key.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=build DATABASE_URL=postgres://build \
    REDIS_URL=redis://build python manage.py collectstatic --noinput --verbosity 0
RUN install -d -o continuum -m 0700 /data
USER continuum
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/', timeout=4)"]
CMD ["uvicorn", "contactcentre.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "20"]
