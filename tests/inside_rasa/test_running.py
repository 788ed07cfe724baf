"""The remembered order gives what Rasa's own runner gives, and fails as it does."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot.inside_rasa.running import remember_the_order

THEIRS = DaskGraphRunner.run
asked: list[str] = []


class Adds(GraphComponent):
    """Adds what it is given to a number of its own; 13 is unlucky."""

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Adds:
        return cls(config["number"])

    def add(self, left: int, right: int) -> int:
        asked.append(f"{self.number}")
        if left == 13:
            raise RuntimeError("unlucky")
        return self.number + left + right


def node(number: int, left: str, right: str, **more: Any) -> SchemaNode:
    needs = {"left": left, "right": right}
    return SchemaNode(
        needs=needs,
        uses=Adds,
        constructor_name="create",
        fn="add",
        config={"number": number},
        eager=True,
        **more,
    )


GRAPH = {
    "both": node(1000, "first", "second", is_target=True),
    "second": node(200, "first", "input"),
    "first": node(10, "input", "input"),
    "beside": node(5, "input", "input"),
}


@pytest.fixture(params=["theirs", "ours"])
def runner(request: pytest.FixtureRequest) -> Any:
    asked.clear()
    if request.param == "ours":
        remember_the_order()
        assert DaskGraphRunner.run is not THEIRS
    schema = GraphSchema(GRAPH)
    yield DaskGraphRunner(schema, None, ExecutionContext(schema))
    DaskGraphRunner.run = THEIRS


def test_the_target_gets_what_the_nodes_before_it_gave_and_no_other_runs(runner: DaskGraphRunner) -> None:
    for number in (1, 2):  # the second time the order is known
        asked.clear()
        first = 10 + 2 * number
        assert runner.run({"input": number}) == {"both": 1000 + first + (200 + first + number)}
        assert asked == ["10", "200", "1000"]


def test_other_targets_run_other_nodes(runner: DaskGraphRunner) -> None:
    assert runner.run({"input": 1}, targets=["beside", "first"]) == {"beside": 7, "first": 12}
    assert runner.run({"input": 1}, targets=["beside"]) == {"beside": 7}


@pytest.mark.parametrize(("inputs", "error"), [({}, GraphRunError), ({"input": 13}, GraphComponentException)])
def test_it_fails_as_rasa_does(runner: DaskGraphRunner, inputs: dict[str, int], error: type) -> None:
    with pytest.raises(error):
        runner.run(inputs)


def test_a_node_whose_result_is_given_does_not_run(runner: DaskGraphRunner) -> None:
    assert runner.run({"input": 1, "first": 0}) == {"both": 1000 + 0 + 201}
    assert asked == ["200", "1000"]
