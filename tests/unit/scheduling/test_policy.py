"""When a failed frame is tried again, and which job comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_manager.domain.diagnosis import Diagnosis
from render_manager.scheduling.policy import DISK_FULL_DELAY_S, LONGEST_RETRY_DELAY_S, queue_key, retry_at

FAULT = Diagnosis("crashed", "It crashed.")


@pytest.mark.parametrize(
    ("failures", "max_retries", "delay"),
    [
        (1, 3, 60.0),
        (2, 3, 120.0),
        (3, 3, 240.0),
        (4, 3, None),
        (1, 0, None),
        (7, 10, 3600.0),
        (90, 100, 3600.0),
    ],
)
def test_delays_double_up_to_an_hour(failures: int, max_retries: int, delay: float | None) -> None:
    at = retry_at(failures=failures, max_retries=max_retries, retry_delay_s=60.0, diagnosis=FAULT, now=1000.0)
    assert at == (None if delay is None else 1000.0 + delay)


@given(st.integers(1, 100), st.integers(0, 100), st.floats(0, 86400), st.floats(0, 4e9))
def test_a_retry_is_never_in_the_past_nor_far_off(failures: int, most: int, delay: float, now: float) -> None:
    at = retry_at(failures=failures, max_retries=most, retry_delay_s=delay, diagnosis=FAULT, now=now)
    assert (at is None) == (failures > most)
    if at is not None:
        assert now <= at <= now + max(delay, LONGEST_RETRY_DELAY_S)


def test_what_no_retry_can_mend_is_given_up() -> None:
    fault = Diagnosis("no-camera", "No camera.", permanent=True)
    assert retry_at(failures=1, max_retries=9, retry_delay_s=1.0, diagnosis=fault, now=0.0) is None


@pytest.mark.parametrize(
    ("failures", "max_retries", "delay"),
    [(1, 3, 60.0), (4, 3, 480.0), (5, 3, DISK_FULL_DELAY_S), (90, 3, DISK_FULL_DELAY_S), (1, 0, None)],
)
def test_a_full_disk_does_not_use_up_the_tries(failures: int, max_retries: int, delay: float | None) -> None:
    fault = Diagnosis("disk-full", "The disk is full.")
    at = retry_at(failures=failures, max_retries=max_retries, retry_delay_s=60.0, diagnosis=fault, now=1000.0)
    assert at == (None if delay is None else 1000.0 + delay)


def test_higher_priority_first_then_the_order_of_the_queue() -> None:
    jobs = [(5, 2.0), (9, 3.0), (5, 1.0), (0, 0.5), (9, 2.5)]
    assert sorted(jobs, key=lambda job: queue_key(*job)) == [
        (9, 2.5),
        (9, 3.0),
        (5, 1.0),
        (5, 2.0),
        (0, 0.5),
    ]


def test_a_long_delay_of_the_job_is_kept() -> None:
    day = 86_400.0
    for failures in (1, 2, 3):
        at = retry_at(failures=failures, max_retries=5, retry_delay_s=day, diagnosis=FAULT, now=0.0)
        assert at == day
