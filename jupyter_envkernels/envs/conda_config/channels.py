"""Resolve channel names to URLs by the rules of conda's documentation, "Managing channels"."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"[/~]|\.\.?(/|$)")


@dataclass(frozen=True, slots=True)
class ChannelNames:
    """The configuration of channel names.

    Attributes:
        alias: base URL of all other names.
        custom: name -> URL of the folder that contains the channel.
        multi: name of a multichannel -> its channels.
    """

    alias: str
    custom: Mapping[str, str]
    multi: Mapping[str, tuple[str, ...]]

    def urls(self, channels: Iterable[str]) -> tuple[str, ...]:
        """Return the URLs of channels, highest priority first, each once. ``nodefaults`` has none.

        Args:
            channels: names, URLs or paths of folders.
        """
        folders = {**self._folders_of_members(), **self.custom}
        expanded = (url for channel in channels for url in self._expand(channel.strip(), folders))
        return tuple(dict.fromkeys(expanded))

    def _expand(self, channel: str, folders: Mapping[str, str]) -> Iterator[str]:
        if channel in self.multi:
            yield from (self._plain(member) for member in self.multi[channel])
        elif _URL.match(channel) or _PATH.match(channel):
            yield self._plain(channel)
        elif channel and channel != "nodefaults":
            yield self._named(channel.strip("/"), folders)

    def _plain(self, channel: str) -> str:
        """Return the URL of a URL, a path or a name below the alias, without resolving it as another name."""
        if _URL.match(channel):
            return channel.rstrip("/")
        if _PATH.match(channel):
            return Path(os.path.abspath(Path(channel).expanduser())).as_uri()
        return f"{self.alias.rstrip('/')}/{channel.strip('/')}"

    def _named(self, name: str, folders: Mapping[str, str]) -> str:
        parts = name.split("/")
        heads = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        folder = next((folders[head] for head in heads if head in folders), self.alias)
        return f"{folder.rstrip('/')}/{name}"

    def _folders_of_members(self) -> dict[str, str]:
        """Return the base URLs of multichannel members, whose URL paths are names too, such as ``pkgs/main``."""
        urls = (member for members in self.multi.values() for member in members if _URL.match(member))
        parts = [urlsplit(url) for url in urls]
        return {part.path.strip("/"): f"{part.scheme}://{part.netloc}" for part in parts if part.path.strip("/")}
