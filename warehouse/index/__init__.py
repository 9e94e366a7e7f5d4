"""The inverted index: which words stand where in which article.

An article version has a dense number (`doc`). New articles are written as Parquet, a row for each
word and article (`recent`), in the commit that lands them; later they become immutable DuckDB
files (segments) with a row for each word and up to 256 articles. docs/warehouse.md has layout and
figures.
"""
