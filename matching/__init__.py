"""Identity: which records of different catalogues are one anime, and the lasting keys of the answer."""
