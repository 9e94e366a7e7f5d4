"""What the stages of the command line need that is more than one call: a profile from a seed."""

from __future__ import annotations

from flows import seeds
from flows.config import Settings
from warehouse.records import Profile, Watch


def profile_of(where: str, settings: Settings) -> Profile:
    """The profile of the seed in a file, as `slugline watch add` would make it."""
    from warehouse.understand import profile  # noqa: PLC0415  loads the tagger's libraries

    seed = seeds.load(where, settings)
    made = profile.make(seed.text, seed.title, seed.language)
    watch = Watch(
        watch="seed",
        title=made.title,
        language=made.language,
        terms=made.terms,
        seed_published_at=seed.published_at,
    )
    return profile.of_watch(watch, made.text)
