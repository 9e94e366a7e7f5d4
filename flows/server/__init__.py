"""Dealings with a Prefect server: what a run shows there, its states, its slots, its deployment.

Slugline works without all of it; nothing in here decides what a run does.
"""
