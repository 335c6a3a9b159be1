/* Keeps every <time data-clock> ticking; the same words as console/templatetags/interface.py. */
const MINUTE = 60, HOUR = 3600, DAY = 86400;

function wordsOf(seconds) {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  const days = Math.floor(seconds / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

const two = (number) => String(number).padStart(2, "0");

const faces = {
  due(seconds, element) {
    const left = -seconds;
    element.classList.toggle("late", left < 0);
    element.classList.toggle("soon", left >= 0 && left <= HOUR);
    if (left < 0) return left <= -MINUTE ? `${wordsOf(-left)} late` : "just late";
    return left < MINUTE ? "now" : `in ${wordsOf(left)}`;
  },
  since: (seconds) => wordsOf(Math.max(seconds, 0)),
  elapsed(seconds) {
    const whole = Math.max(Math.floor(seconds), 0);
    const hours = Math.floor(whole / HOUR);
    const minutes = `${two(Math.floor((whole % HOUR) / MINUTE))}:${two(whole % MINUTE)}`;
    return hours ? `${hours}:${minutes}` : minutes;
  },
};

function tick() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-clock]")) {
    const face = faces[element.dataset.clock];
    if (!face) continue;
    const words = face((Date.now() - Date.parse(element.dateTime)) / 1000, element);
    if (element.textContent !== words) element.textContent = words;
  }
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
