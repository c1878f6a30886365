"""Define types of fields with constraints for the schemas."""

from __future__ import annotations

from typing import Annotated, TypeVar

from msgspec import Meta

T = TypeVar("T")

Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
Amount = Annotated[float, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]

TOLERANT = Meta(extra_json_schema={"x-tolerant": True})
"""A client skips entries of the list that it cannot read, and reads an unknown word as null."""

Tolerant = Annotated[tuple[T, ...], TOLERANT]
