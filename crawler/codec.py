"""Frozen values to JSON and back: what is kept whole in the archive, and what goes to another machine.

What is read is checked against the types of the values, and may be no larger than its bound; nothing in it is ever run.
A field that is new and has a default is left out by those who do not know it, and overlooked by those who do not.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from crawler.article import Moment
from crawler.extraction.tasks import storable

T = TypeVar("T")
MOST = 32 * 2**20
"""Bytes of one value: a page may have ten million, of which its text, its links and what was dropped are a part."""


class CodecError(ValueError):
    """Bytes that are not the value they should be; the message says where and what was expected."""


class Codec(Generic[T]):
    """Reads and writes values of one type: a dataclass, or Structs of msgspec, alone or as a union told by its tag."""

    def __init__(self, kind: Any, most: int = MOST):
        """``most``: bytes that a value may have."""
        self.most = most
        self._decoder = msgspec.json.Decoder(_shape(kind).kind)
        self._encoder = msgspec.json.Encoder()

    def encode(self, value: T) -> bytes:
        """Return a value as JSON. Half a character, which JSON of other people's pages may hold, is replaced."""
        try:
            return self._encoder.encode(value)
        except UnicodeEncodeError:
            return self._encoder.encode(_in_characters(value))

    def decode(self, data: bytes | str) -> T:
        """Return the value that was written. Raises CodecError."""
        if len(data) > self.most:
            raise CodecError(f"{len(data)} bytes; expected {self.most} at most")
        try:
            return cast("T", _read(self._decoder.decode(data)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CodecError(str(error)) from None
        except (ValueError, OverflowError, RecursionError) as error:
            raise CodecError(f"a value that cannot be: {error}") from None


def _in_characters(value: Any) -> Any:
    """Return a value whose texts are of whole characters alone."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: _in_characters(getattr(value, name)) for name in value.__struct_fields__}
        )
    if isinstance(value, tuple):
        return tuple(map(_in_characters, value))
    if isinstance(value, dict):
        return {_in_characters(key): _in_characters(one) for key, one in value.items()}
    return storable(value)


# Msgspec reads dataclasses as they are, but no field that is a time or a day. A value with such a field is read as a
# Struct that holds text there, and made of that.


class _Moment(msgspec.Struct):
    """A :class:`Moment` on its way in: ``2024-12-09T11:02:00Z``, or ``2024-12-09``."""

    at: str
    offset: int | None = None

    def value(self) -> Moment:
        day_only = "T" not in self.at
        return Moment(date.fromisoformat(self.at) if day_only else datetime.fromisoformat(self.at), self.offset)


class _Shape(typing.NamedTuple):
    """What msgspec is to read for a type; ``is_other`` where that is not the type itself."""

    kind: Any
    is_other: bool = False


_MADE: dict[type, Callable[[Any], Any]] = {_Moment: _Moment.value}
"""How values are made of the Structs that are read in their place."""


@cache
def _shape(kind: Any) -> _Shape:
    if kind is Moment:
        return _Shape(_Moment, is_other=True)
    inner = typing.get_args(kind)
    if inner:
        shapes = [_shape(one) for one in inner]
        if not any(shape.is_other for shape in shapes):
            return _Shape(kind)
        parts = tuple(shape.kind for shape in shapes)
        origin = typing.get_origin(kind)
        is_union = origin in (typing.Union, types.UnionType)
        return _Shape(typing.Union[parts] if is_union else origin[parts], is_other=True)  # noqa: UP007  # made, not written
    if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return _shape_of_fields(kind)
    return _Shape(kind)


def _shape_of_fields(kind: Any) -> _Shape:
    hints = typing.get_type_hints(kind)
    shapes = {name: _shape(hint) for name, hint in hints.items() if not name.startswith("__")}
    if not any(shape.is_other for shape in shapes.values()):
        return _Shape(kind)
    if is_dataclass(kind):
        defaults = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
        tag: dict[str, Any] = {}
    else:
        told = msgspec.structs.fields(kind)
        defaults = {each.name: each.default for each in told if each.default is not msgspec.NODEFAULT}
        tag = {"tag_field": kind.__struct_config__.tag_field, "tag": kind.__struct_config__.tag}
    columns = [
        (name, shape.kind, defaults[name]) if name in defaults else (name, shape.kind) for name, shape in shapes.items()
    ]
    names = tuple(name for name, shape in shapes.items())
    others = frozenset(name for name, shape in shapes.items() if shape.is_other)
    made = msgspec.defstruct(kind.__name__, columns, kw_only=True, **tag)
    _MADE[made] = lambda read: kind(
        **{name: _read(getattr(read, name)) if name in others else getattr(read, name) for name in names}
    )
    return _Shape(made, is_other=True)


def _read(one: Any) -> Any:
    """Return the value of what msgspec has read."""
    if isinstance(one, tuple):
        return tuple(map(_read, one))
    make = _MADE.get(type(one))
    return make(one) if make else one
