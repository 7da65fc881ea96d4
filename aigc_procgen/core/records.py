"""`Record`: the base of the frozen, keyword-only dataclasses that the library hands out."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any, Self

from .errors import InvalidArgument

__all__ = ["Record"]


class Record:
    """Mixin of a frozen dataclass: `to_json()` gives a text, `from_json(text)` the equal record.

    Fields may be None, bool, int, float, str, records, and tuples or str-keyed dicts of these.
    A field whose metadata has `{"json": False}` is left out and must have a default.
    """

    def to_dict(self) -> dict[str, Any]:
        """The record as plain dicts, lists, numbers and strings."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
        return {
            field.name: _plain(getattr(self, field.name))
            for field in fields
            if field.metadata.get("json", True)
        }

    def to_json(self) -> str:
        """The record as JSON text, keys in the order of the fields."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The record that `to_dict` wrote; `InvalidArgument` for missing or unknown fields."""
        if not isinstance(data, dict):
            raise InvalidArgument(f"{cls.__name__} must be read from an object, not {data!r:.80}")
        hints = typing.get_type_hints(cls)
        fields = {
            field.name: field
            for field in dataclasses.fields(cls)  # type: ignore[arg-type]  # as above
            if field.metadata.get("json", True)
        }
        if unknown := sorted(set(data) - set(fields)):
            raise InvalidArgument(f"{cls.__name__} has no field {unknown[0]!r}")
        values = {}
        for name, field in fields.items():
            if name in data:
                values[name] = _typed(f"{cls.__name__}.{name}", hints[name], data[name])
            elif (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            ):
                raise InvalidArgument(f"{cls.__name__} lacks the field {name!r}")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `to_json` wrote; raises `InvalidArgument` if the text is not one."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise InvalidArgument(f"text must be the JSON of a {cls.__name__}: {error}") from None
        return cls.from_dict(data)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _typed(where: str, hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _typed_union(where, hint, value)
    if origin is tuple:
        return _typed_tuple(where, hint, value)
    if origin in (dict, typing.get_origin(typing.Mapping[str, int])):
        if not isinstance(value, dict):
            raise InvalidArgument(f"{where} must be an object, not {value!r:.80}")
        item = typing.get_args(hint)[1]
        return {name: _typed(f"{where}.{name}", item, entry) for name, entry in value.items()}
    if origin is typing.Literal:
        if value not in typing.get_args(hint):
            raise InvalidArgument(f"{where} must be one of {typing.get_args(hint)}, not {value!r}")
        return value
    if hint is Any:
        return value
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.from_dict(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if (hint is int and isinstance(value, bool)) or not isinstance(value, hint):
        raise InvalidArgument(f"{where} must be {hint.__name__}, not {value!r:.80}")
    return value


def _typed_union(where: str, hint: Any, value: Any) -> Any:
    arms = typing.get_args(hint)
    if value is None and type(None) in arms:
        return None
    problem: InvalidArgument | None = None
    for arm in arms:
        if arm is not type(None):
            try:
                return _typed(where, arm, value)
            except InvalidArgument as error:
                problem = error
    raise problem or InvalidArgument(f"{where} must be null, not {value!r:.80}")


def _typed_tuple(where: str, hint: Any, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise InvalidArgument(f"{where} must be a list, not {value!r:.80}")
    items = typing.get_args(hint)
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_typed(f"{where}[{i}]", items[0], item) for i, item in enumerate(value))
    if len(items) != len(value):
        raise InvalidArgument(f"{where} must have {len(items)} entries, not {len(value)}")
    return tuple(
        _typed(f"{where}[{i}]", kind, item)
        for i, (kind, item) in enumerate(zip(items, value, strict=True))
    )
