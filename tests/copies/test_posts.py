"""Texts that are a live blog's, whether or not their page says so."""

import pytest

from pipelines.copies.resemblance import is_of_posts

POSTS = ("The doors are open.", "The mayor has begun to speak.", "A vote is called.", "The motion is carried.")


@pytest.mark.parametrize(
    "times",
    [
        ("09:15", "9:40", "10:05", "23:59"),
        ("14.05 Uhr:", "14.10 Uhr:", "14.32 Uhr:", "15.00 Uhr:"),
        ("[14:05]", "• 14:10 –", "— 14:32", "15:00\n"),
        ("9am", "10.15 a.m.", "2 pm", "2:05pm"),
        ("14h05", "14h10", "14h32", "15h00"),
        ("9时15分", "10時05分", "14点05", "15點30"),
    ],
)
def test_paragraphs_under_times_of_day_are_posts(times):
    assert is_of_posts("\n\n".join(f"{time} {post}" for time, post in zip(times, POSTS, strict=True)))


def test_a_post_may_have_several_paragraphs():
    assert is_of_posts("\n\n".join(f"{n}:15 {POSTS[0]}\n\n{POSTS[1]}\n\n{POSTS[2]}" for n in range(9, 13)))


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(POSTS),
        f"{POSTS[0]}\n\n9:15 {POSTS[1]}\n\n10:05 {POSTS[2]}",
        "\n\n".join(f"12.12.20{n} {post}" for n, post in enumerate(POSTS, 20)),
        "\n\n".join(f"{n} players were hurt." for n in range(10, 20)),
        "\n\n".join([*(f"9:{n} {POSTS[0]}" for n in (10, 20, 30)), *POSTS * 4]),
        "",
    ],
    ids=["no times", "two times", "dates", "figures", "a chronology at the head of an article", "no text"],
)
def test_other_texts_are_not(text):
    assert not is_of_posts(text)
