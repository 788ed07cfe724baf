"""Rasa's graph runner with a remembered order.

A turn runs Rasa's graph about five times, once to read the message and once for each choice of an action. Each time
Rasa copies the schema, finds the part of it that is wanted, and has dask put its nodes in order; the graph never
changes, so the order is found once here. The nodes are Rasa's and get what they got.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

Steps = list[tuple[str, tuple[str, ...]]]


def remember_the_order() -> None:
    """Put the quick runner in the place of Rasa's; doing it again changes nothing."""
    DaskGraphRunner.run = _run


def _run(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """Raises GraphRunError where a node lacks an input, or fails with a RuntimeError: as Rasa does."""
    wanted = tuple(targets or self._graph_schema.target_names)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, needs in _steps(self, wanted):
            if name not in done:
                done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


def _steps(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> Steps:
    """The nodes that are needed for these, each after what it needs; and what each is given."""
    known: dict[tuple[str, ...], Steps] = runner.__dict__.setdefault("_steps_by_targets", {})
    if wanted not in known:
        nodes = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter({name: set(given) & needs.keys() for name, given in needs.items()})
        known[wanted] = [(name, needs[name]) for name in order.static_order()]
    return known[wanted]
