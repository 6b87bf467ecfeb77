"""Sample pictures: described in ``registry.txt``, fetched by hash, kept in a cache."""
