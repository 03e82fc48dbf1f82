"""Names of vector collections: reversible, injective, plain ones unchanged, always what Chroma accepts."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.index.names import decode, encode

ALLOWED = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]")
TRICKY = st.text(alphabet="-.-_zx2Ab4é$ 😀\0/", max_size=40)
NAMES = st.one_of(TRICKY, st.text(max_size=70), TRICKY.map(lambda name: "mongo_" + name))


@given(NAMES)
@example("")
@example("a--24")
@example("a-")
@example("-a")
@example("a$")
@example("b32--zmfrgg")
@example("sha--z00")
def test_a_name_comes_back_and_is_acceptable_to_chroma(name: str) -> None:
    encoded = encode(name)
    assert ALLOWED.fullmatch(encoded)
    assert decode(encoded) == name


@given(NAMES, NAMES)
def test_two_names_never_share_an_encoded_one(one: str, other: str) -> None:
    assert (encode(one) == encode(other)) == (one == other)


@pytest.mark.parametrize(
    "name", ["confluence", "code", "mongo_vanish_flows", "mongo_flux.2026", "mongo_my-flows", "mongo_A_B.c-d_9"]
)
def test_plain_names_are_seen_as_they_are(name: str) -> None:
    assert encode(name) == name


def test_an_odd_mongo_name_stays_readable() -> None:
    assert encode("mongo_système$2026.x") == "mongo_syst--C3--A8me--242026.x"


def test_the_longest_mongo_name_is_reversible_whatever_it_holds() -> None:
    name = "mongo_" + "é$" * 85  # 255 bytes, MongoDB's limit, behind the prefix
    assert len(encode(name)) <= 512
    assert decode(encode(name)) == name


def test_longer_names_differ_but_cannot_be_read_back() -> None:
    names = ["mongo_" + "x" * 600 + tail for tail in ("a", "b", "é")]
    encoded = {encode(name) for name in names}
    assert len(encoded) == 3
    assert all(ALLOWED.fullmatch(one) for one in encoded)
    with pytest.raises(ValueError, match="digest"):
        decode(encode(names[0]))


@pytest.mark.parametrize("foreign", ["a--zz", "a--41", "x", "b32--z1", "caf--C3"])
def test_what_is_not_an_encoded_name_is_refused(foreign: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - three libraries word it, all as ValueError
        decode(foreign)
