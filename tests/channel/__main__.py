"""``python -m tests.channel build [--out DIR]`` and ``python -m tests.channel serve [--port N]``."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from .build import BuildError, build_channel, ensure_channel
from .server import ChannelServer


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.channel", description="A local conda channel.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="build the channel and print its folder")
    build.add_argument("--out", type=Path, metavar="DIR", help="build it there, not into the cache")
    serve = verbs.add_parser("serve", help="serve the channel on 127.0.0.1, print its URL, run until stopped")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    arguments = parser.parse_args(argv)
    try:
        return _build(arguments.out) if arguments.verb == "build" else _serve(arguments.port)
    except (BuildError, OSError) as error:
        print(f"test channel: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _build(out: Path | None) -> int:
    if out is None:
        print(ensure_channel())
    else:
        build_channel(out.resolve())
        print(out.resolve())
    return 0


def _serve(port: int) -> int:
    stops = {signal.SIGINT, signal.SIGTERM}
    root = ensure_channel()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before the server's threads, which inherit it
    try:
        with ChannelServer(root, port=port) as server:
            print(server.url, flush=True)
            signal.sigwait(stops)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
