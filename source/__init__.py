"""The documents, and reading them: text → Document, Section, Paragraph, Passage with offsets.

This layer knows nothing about tokens, vectors or questions.
"""
