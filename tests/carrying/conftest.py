"""A RabbitMQ for the tests in this folder, started when the first of them asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import broker


@pytest.fixture(scope="session")
def broker_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[broker.Addresses]:
    """Where it is. Without one the test is skipped; on a machine that is there for tests, it fails."""
    if not broker.is_there():
        if os.environ.get("CI") == "true":
            pytest.fail(broker.MISSING)
        pytest.skip(broker.MISSING)
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "rabbit"
    Path(folder).mkdir(exist_ok=True)
    with broker.shared(folder) as addresses:
        yield addresses


@pytest.fixture
def rabbit(broker_of_all: broker.Addresses, request: pytest.FixtureRequest) -> broker.Addresses:
    """It, with queues of this file's own."""
    return broker_of_all.at(request.path.stem.removeprefix("test_"))
