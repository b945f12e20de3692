"""Understand the question → retrieve → rank → answer → verify → abstain.

This layer knows nothing about web pages; whoever shows an answer imports from here.
"""
