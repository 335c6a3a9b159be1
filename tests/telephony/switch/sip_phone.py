"""A SIP phone outside, as a process of its own: one stack lives in a process.

    python -m tests.telephony.switch.sip_phone PORT MODE [URI]

MODE: answer | busy | ignore (wait to be called), or call URI. It hums 700 Hz, prints what happens
as a line each, and sends the keys that it reads from standard input.
"""

from __future__ import annotations

import asyncio
import sys
import threading

import numpy as np
from baresip.call import Call, CallState
from baresip.config import Account, Config
from baresip.errors import AudioNotActive, AudioRestarted, CallFailed
from baresip.runtime import Runtime
from baresip.ua import UserAgent

HERTZ = 700


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def hum(call: Call, listening_for: tuple[int, ...] = (500, 900, 1300)) -> None:
    """Send the tone, and tell every 0.4 s which tone is heard, until the call is over."""
    at, heard = 0, b""
    while call.state is not CallState.CLOSED:
        await asyncio.sleep(0.02)
        try:
            # As much as was not sent while this process had no time, so that the tone has no gaps.
            for _ in range(0, 1600 - call.audio.info().tx_buffered, 320):
                when = (np.arange(160) + at) / 8000
                at += 160
                tone = np.asarray(6000 * np.sin(2 * np.pi * HERTZ * when), dtype=np.int16)
                call.audio.write(tone.tobytes())
            heard += call.audio.read(4000)
        except (AudioNotActive, AudioRestarted):
            continue
        if len(heard) >= 6400:
            sound = np.frombuffer(heard[:6400], dtype=np.int16).astype(np.float64)
            heard = b""
            turn = np.outer(listening_for, -2j * np.pi * np.arange(3200) / 8000)
            loud = 2 * np.abs(np.exp(turn) @ sound) / 3200
            # Only the loudest: where frames are late, a tone is chopped and spreads to others.
            found = [listening_for[int(np.argmax(loud))]] if max(loud) > 400 else []
            quiet = float(np.sqrt(np.mean(sound**2))) < 30
            say(f"hears {found}" if found else "hears nothing" if quiet else "hears music")
    say("over")


async def main(port: str, mode: str, uri: str = "") -> None:  # noqa: C901  (one phone, one story)
    runtime = Runtime()
    listen = f"sip_listen 127.0.0.1:{port}\n"
    await runtime.start(Config(net_interface="127.0.0.1", extra_config_text=listen))
    account = Account(
        user="+442079460101",
        domain=f"127.0.0.1:{port}",
        password="",
        reg_interval=0,
        extra_params=("catchall=yes",),
    )
    agent = await UserAgent.create(runtime, account)
    done = asyncio.Event()
    calls: list[Call] = []

    async def talk(call: Call) -> None:
        calls.append(call)
        if call.state is CallState.INCOMING:
            say("rings")
            if mode == "busy":
                await call.reject()
                return
            if mode == "ignore":
                return
            await call.answer()
        try:
            await call.wait_established()
        except CallFailed as error:
            say(f"failed {error.status}")
            done.set()
            return
        say("talks")
        call.on_dtmf(lambda pressed: say(f"key {pressed.digit}"))
        await hum(call)
        done.set()

    tasks: list[asyncio.Task[None]] = []
    agent.on_incoming(lambda call: tasks.append(asyncio.ensure_future(talk(call))))
    loop = asyncio.get_running_loop()

    def read_keys() -> None:
        for line in sys.stdin:
            word = line.strip()
            if word == "bye":
                asyncio.run_coroutine_threadsafe(calls[-1].hangup(), loop)
            elif word:
                asyncio.run_coroutine_threadsafe(calls[-1].send_dtmf(word), loop)
        loop.call_soon_threadsafe(done.set)

    threading.Thread(target=read_keys, daemon=True).start()
    say("ready")
    if mode == "call":
        tasks.append(asyncio.ensure_future(talk(await agent.dial(uri))))
    await done.wait()
    await runtime.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
