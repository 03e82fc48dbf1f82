"""Two lists of scores become one order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.ask.fuse import fuse, min_max

finite = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6))
scores = st.dictionaries(st.sampled_from("abcdefghij"), finite, max_size=8)
other_scores = st.dictionaries(st.sampled_from("klmnop"), finite, max_size=5)


@given(scores, scores, other_scores, st.floats(0, 1))
def test_every_candidate_comes_once_with_a_score_between_0_and_1(lexical, dense, code, weight) -> None:
    fused = fuse(lexical, [dense, code], weight)
    assert sorted(key for key, _ in fused) == sorted({*lexical, *dense, *code})
    assert all(0 <= score <= 1 for _, score in fused)
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))


@given(scores, scores, st.randoms())
def test_the_order_of_the_lists_changes_nothing(lexical, dense, random) -> None:
    shuffled = list(lexical.items())
    random.shuffle(shuffled)
    assert fuse(dict(shuffled), [dense], 0.35) == fuse(lexical, [dense], 0.35)


@given(scores, scores)
def test_better_in_both_lists_is_never_worse(lexical, dense) -> None:
    fused = dict(fuse(lexical, [dense], 0.35))
    both = [key for key in lexical if key in dense]
    for one in both:
        for other in both:
            if lexical[one] >= lexical[other] and dense[one] >= dense[other]:
                assert fused[one] >= fused[other] - 1e-12


@given(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(-1000, 1000), min_size=1), st.integers(1, 50))
def test_units_do_not_matter(values, factor) -> None:
    plain = min_max({key: float(value) for key, value in values.items()})
    scaled = min_max({key: float(value * factor + 7) for key, value in values.items()})
    assert all(math.isclose(plain[key], scaled[key], abs_tol=1e-9) for key in values)


def test_weight_0_is_lexical_alone_and_1_is_dense_alone() -> None:
    lexical, dense = {"a": 3.0, "b": 2.0, "c": 1.0}, {"c": 0.9, "b": 0.5, "a": 0.1}
    assert [key for key, _ in fuse(lexical, [dense], 0.0)] == ["a", "b", "c"]
    assert [key for key, _ in fuse(lexical, [dense], 1.0)] == ["c", "b", "a"]


def test_the_lists_are_added_by_their_shares() -> None:
    fused = dict(fuse({"a": 2.0, "b": 1.0, "d": 1.5}, [{"a": 0.2, "c": 0.8, "d": 0.5}], 0.35))
    assert fused == pytest.approx({"a": 0.65, "c": 0.35, "b": 0.0, "d": 0.65 / 2 + 0.35 / 2})


def test_a_single_candidate_counts_as_found() -> None:
    assert fuse({"a": 0.001}, [], 0.35) == [("a", 0.65)]
    assert fuse({}, [{"a": 0.2}], 0.35) == [("a", 0.35)]
    assert min_max({"a": 5.0, "b": 5.0}) == {"a": 1.0, "b": 1.0}
    assert fuse({}, [], 0.35) == []


def test_in_a_complete_list_the_worst_match_is_still_a_match() -> None:
    fused = dict(fuse({"a": 4.0, "b": 3.0}, [{"c": 0.9, "a": 0.1, "b": 0.1}], 0.35, lexical_floor=0.0))
    assert fused["b"] == pytest.approx(0.65 * 0.75)
    assert fused["b"] > fused["c"]


def test_each_model_is_brought_to_scale_before_fusing() -> None:
    fused = dict(fuse({}, [{"page": 0.9, "page2": 0.8}, {"code": 0.3, "code2": 0.1}], 0.35))
    assert fused["page"] == fused["code"] == 0.35
