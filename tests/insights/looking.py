"""What does somebody see on a page of figures, and how many records are behind one?"""

from __future__ import annotations

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from insights.kept import FIGURES

PAGE = "/insights/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(user: User, address: str, status: int = 200) -> str:
    answer = client_of(user).get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def statements(user: User, address: str) -> int:
    client = client_of(user)
    client.get(address)
    FIGURES.clear()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def rows_behind(user: User, address: str) -> int:
    """All rows of a list, from its first page to its last."""
    rows, client = 0, client_of(user)
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, following
        page = answer.content.decode()
        body = page.partition("<tbody>")[2].partition("</tbody>")[0]
        rows += body.count("<tr>")
        found = re.search(r'href="([^"]*)" rel="next"', page)
        path = address.partition("?")[0]
        following = f"{path}{unescape(found[1])}" if found else None
    return rows


def count_on(user: User, address: str) -> int:
    heading = re.search(r'<h1>.*?<span class="count">([\d,]+)</span>', text_of(user, address))
    assert heading, address
    return int(heading[1].replace(",", ""))


def figures_on(page: str) -> dict[str, str]:
    """Every link to records with the words it carries."""
    links = re.findall(r'<a[^>]* href="(/insights/records/[^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {unescape(address): re.sub(r"<[^>]*>", " ", words).strip() for address, words in links}
