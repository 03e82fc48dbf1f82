"""Runs that never began, in a window: they are of the time they were expected at, and the answer says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, rows

from vigie.ask.exact import ExactAnswers


def _pod(n: int) -> dict[str, Any]:
    due = NOW - timedelta(hours=2 * n + 1)
    pod: dict[str, Any] = {"_id": n, "job": f"job-{n % 5}", "phase": "Succeeded", "scheduled_at": due}
    if n % 10 == 3:
        return {**pod, "phase": "Failed", "reason": "ImagePullBackOff"}
    if n % 7 == 0:
        pod |= {"phase": "Failed", "reason": "OOMKilled"}
    return {**pod, "started_at": due + timedelta(minutes=1), "finished_at": due + timedelta(minutes=9)}


PODS = [_pod(n) for n in range(150)]
WEEK = NOW - timedelta(days=7)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("never")
    return answers(folder, {"pod_runs": PODS})


def test_they_are_counted_when_they_were_expected(made: ExactAnswers) -> None:
    expected = sum(pod.get("reason") == "ImagePullBackOff" and pod["scheduled_at"] >= WEEK for pod in PODS)
    found = ask(made, "combien de runs ImagePullBackOff ces 7 derniers jours ?")
    assert expected
    assert found.exact is not None
    assert found.exact.rows == [[expected]]
    assert found.exact.window is not None
    assert found.exact.window.field == "scheduled_at"
    assert "aucun de ces enregistrements n'a de `started_at`" in found.text


def test_those_that_began_are_counted_by_their_start(made: ExactAnswers) -> None:
    expected = sum(pod.get("reason") == "OOMKilled" and pod["started_at"] >= WEEK for pod in PODS)
    assert rows(made, "combien de runs OOMKilled ces 7 derniers jours ?") == [[expected]]


def test_where_nothing_is_found_of_those_that_began_nothing_is_said_of_others(made: ExactAnswers) -> None:
    found = ask(made, "combien de runs OOMKilled de job-3 en septembre ?")
    assert found.exact is not None
    assert found.exact.rows == [[0]]
    assert found.exact.window is not None
    assert found.exact.window.field == "started_at"
