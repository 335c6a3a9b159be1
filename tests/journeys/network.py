"""The network between a browser and the stack, which can be cut: then nothing passes any more.

Pages go through a port of ours. Sound is sent to ports of ours, which a script in the page writes
into both descriptions (SDP) of a connection. A cut is silent: nothing is refused or closed, as
where a cable was pulled out behind the router.
"""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

CONNECTIONS = 30  # of one page, each time that its sound is connected anew
LARGEST = 65_536

THROUGH_WIRES = """
(() => {
  const wires = WIRES, wireOf = new WeakMap();
  const take = () => {
    const taken = Number(sessionStorage.wires ?? 0);
    sessionStorage.wires = taken + 1;
    return wires[taken];
  };
  const wire = (line) => wireOf.get(line) ?? wireOf.set(line, take()).get(line);
  const candidate = /^(a=candidate:\\S+ \\d+ udp \\d+ [\\d.]+) \\d+ (.*)$/i;
  const through = (sdp, port) => sdp.split("\\r\\n")
    .filter((line) => !line.startsWith("a=candidate") || candidate.test(line))
    .map((line) => line.replace(candidate, `$1 ${port} $2`))
    .join("\\r\\n");
  const own = RTCPeerConnection.prototype;
  const { get } = Object.getOwnPropertyDescriptor(own, "localDescription");
  const { setRemoteDescription } = own;
  Object.defineProperty(own, "localDescription", { get() {
    const said = get.call(this);
    return said && { type: said.type, sdp: through(said.sdp, wire(this)[1]) };
  } });
  own.setRemoteDescription = function (said) {
    return setRemoteDescription.call(this, { ...said, sdp: through(said.sdp, wire(this)[0]) });
  };
})();
"""


class Network:
    """One way for pages, and as many for sound as connections are made."""

    def __init__(self, port: int) -> None:
        """`port` is the stack's, on this machine."""
        self.port = port
        self.passes = threading.Event()
        self.passes.set()
        self.cut_at = 0.0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.server.getsockname()[1]}"
        self.wires = selectors.DefaultSelector()
        self.idle, self.wake = socket.socketpair()
        self.wires.register(self.idle, selectors.EVENT_READ, None)
        self.is_closed = False
        for work in (self._serve, self._carry):
            threading.Thread(target=work, daemon=True).start()

    @contextmanager
    def cut(self) -> Generator[None]:
        self.cut_at = time.monotonic()
        self.passes.clear()
        try:
            yield
        finally:
            self.passes.set()

    @property
    def seconds_cut(self) -> float:
        return time.monotonic() - self.cut_at

    def script(self) -> str:
        """For one page, before anything else in it runs: its sound goes through wires of ours."""
        wires = [self._wire() for _ in range(CONNECTIONS)]
        return THROUGH_WIRES.replace("WIRES", json.dumps(wires))

    def close(self) -> None:
        self.is_closed = True
        self.passes.set()
        self.server.close()
        self.wake.send(b"x")

    def _wire(self) -> tuple[int, int]:
        """The ports of a new wire: the page's end, and the switch's."""
        ends = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
        peers: dict[socket.socket, tuple[str, int]] = {}  # who speaks there, as they were heard
        for end, other in (ends, ends[::-1]):
            end.bind(("0.0.0.0", 0))
            self.wires.register(end, selectors.EVENT_READ, (other, peers))
        self.wake.send(b"x")
        return ends[0].getsockname()[1], ends[1].getsockname()[1]

    def _carry(self) -> None:
        while not self.is_closed:
            for key, _ in self.wires.select():
                end = key.fileobj
                assert isinstance(end, socket.socket)
                if key.data is None:
                    end.recv(LARGEST)
                    continue
                other, peers = key.data
                said, peers[end] = end.recvfrom(LARGEST)
                if self.passes.is_set() and other in peers:
                    with suppress(OSError):
                        other.sendto(said, peers[other])
        for key in list(self.wires.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()

    def _serve(self) -> None:
        while True:
            try:
                page, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(page,), daemon=True).start()

    def _join(self, page: socket.socket) -> None:
        self.passes.wait()
        try:
            stack = socket.create_connection(("127.0.0.1", self.port))
        except OSError:
            page.close()
            return
        back = threading.Thread(target=self._pump, args=(stack, page), daemon=True)
        back.start()
        self._pump(page, stack)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Until one side ends; then both do."""
        with suppress(OSError):
            while said := source.recv(LARGEST):
                self.passes.wait()
                sink.sendall(said)
        self.passes.wait()
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
