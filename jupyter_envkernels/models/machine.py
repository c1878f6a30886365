"""What this machine is to packages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VirtualPackage:
    """Something that the machine offers and packages may ask for, such as ``__glibc`` or ``__cuda``.

    See "Managing virtual packages" in conda's documentation. ``build`` is ``0`` where it tells nothing.
    """

    name: str
    version: str
    build: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The platform whose packages can be installed, such as ``linux-64``, and the virtual packages by name."""

    platform: str
    virtual_packages: tuple[VirtualPackage, ...]
