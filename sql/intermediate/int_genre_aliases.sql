/*
Genres that one source spells or names otherwise than another, and the name used here (AniList's where it has
one). A genre without a line here keeps its own name. This list is kept by hand: add a line when a source
brings a new one.

grain: one other name of a genre
keys: alias
columns:
    alias: a source's name, in lower case
    genre: the name used here
*/
with aliases (alias, genre) as (
    values
    ('avant-garde', 'Avant Garde'),
    ('boys'' love', 'Boys Love'),
    ('cars', 'Racing'),
    ('dementia', 'Avant Garde'),
    ('girls'' love', 'Girls Love'),
    ('kid', 'Kids'),
    ('magical girl', 'Mahou Shoujo'),
    ('martial art', 'Martial Arts'),
    ('sci fi', 'Sci-Fi'),
    ('science fiction', 'Sci-Fi'),
    ('shoujo ai', 'Girls Love'),
    ('shounen ai', 'Boys Love'),
    ('slice-of-life', 'Slice of Life'),
    ('sport', 'Sports'),
    ('super powers', 'Super Power'),
    ('suspense', 'Thriller'),
    ('vampires', 'Vampire'),
    ('yaoi', 'Boys Love'),
    ('yuri', 'Girls Love')
)

select
    alias,
    genre
from aliases
