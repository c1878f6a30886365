"""Channel names -> URLs, by the rules of conda's documentation ("Managing channels")."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"[/~]|\.\.?(/|$)")


@dataclass(frozen=True, slots=True)
class ChannelNames:
    """What the configuration says about names.

    Attributes:
        alias: URL before every name that nothing else explains.
        custom: name -> URL of the folder that holds the channel.
        multi: name -> the channels that it stands for.
    """

    alias: str
    custom: Mapping[str, str]
    multi: Mapping[str, tuple[str, ...]]

    def urls(self, channels: Iterable[str]) -> tuple[str, ...]:
        """URLs of channels, highest priority first, each once. ``nodefaults`` adds none.

        Args:
            channels: names, URLs or paths of folders.
        """
        return tuple(dict.fromkeys(url for channel in channels for url in self._expand(channel.strip())))

    def _expand(self, channel: str) -> Iterator[str]:
        if channel in self.multi:
            for member in self.multi[channel]:
                yield self._single(member)
        elif channel and channel != "nodefaults":
            yield self._single(channel)

    def _single(self, channel: str) -> str:
        if _URL.match(channel):
            return channel.rstrip("/")
        if _PATH.match(channel):
            return Path(os.path.abspath(Path(channel).expanduser())).as_uri()
        name = channel.strip("/")
        parts = name.split("/")
        for length in range(len(parts), 0, -1):
            base = self.custom.get("/".join(parts[:length]))
            if base:
                return f"{base.rstrip('/')}/{name}"
        return f"{self.alias.rstrip('/')}/{name}"
