"""Normalise and tokenise Japanese and English, embed, store, search.

This layer knows passages and queries; it knows nothing about answers.
"""
