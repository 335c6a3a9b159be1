/* One live connection a page. It carries hints only ("this panel changed"); a plain GET is the truth. */
const LONGEST_WAIT = 15_000;
const address = document.body.dataset.live;
const banner = document.querySelector("[data-connection]");
let failures = 0;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function connect() {
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    if (failures) tell("panels:all");
    failures = 0;
    banner.hidden = true;
  });
  socket.addEventListener("message", (event) => tell("panels:hint", JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    failures += 1;
    banner.hidden = false;
    const wait = Math.min(500 * 2 ** failures, LONGEST_WAIT);
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
  });
}

if (address) connect();
