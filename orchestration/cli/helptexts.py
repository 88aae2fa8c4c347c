"""What stands under the help of each command: examples, and what a newcomer should know first."""

from recommenders.extras import installing

EXIT = """exit status:
  0    done
  1    an asset or a blocking check failed
  2    wrong usage, input or setting: the message names it and says what to do
  3    nothing is published yet: `osusume run` first
  130  ended by Ctrl-C: the same command goes on"""

EXAMPLES = """examples:
  osusume run                                   everything on the built-in demo world, into ./data
  osusume run --input recordings --home work    on your own recordings, into ./work
  osusume sql "select title, mean_score from dim_anime order by popularity desc limit 10"
  osusume recommend --like "Some Title" --why   for somebody who names a title they like
  osusume match "Some Title" "Some Title 2"     why these are, or are not, one anime
  osusume dev                                   the Dagster UI on http://127.0.0.1:3000

`osusume COMMAND --help` explains one command. The settings (OSUSUME_HOME and others) are in .env.example."""

RUN = """examples:
  osusume run                                  the demo world: needs neither network nor files
  osusume run --input ../shared/data           a directory with catalogue/<source>/anime.jsonl.gz and
                                               ratings/<source>_ratings.csv.gz, ratings/<source>/<YYYYMM>.csv.gz
                                               (anilist, kitsu, myanimelist)
  osusume run --input old-home --home new-home rebuild everything from what an earlier run landed
  osusume run --select dim_anime+              dim_anime and all that is made of it
  osusume run --select group:core vw_user_activity

An input that was already published unchanged ends early; --force runs all the same."""

DEV = """examples:
  osusume dev                                  the graph of the demo world in ./data
  osusume dev --home work --port 3001          a HOME of your own, beside it

Jobs > refresh_all > "Materialize all" does there what `osusume run` does. The schedules stay stopped until you
start them."""

SQL = """examples:
  osusume sql "select * from dim_anime limit 5"
  osusume sql "select source, source_id, anime_key from bridge_anime_source" --format csv --output keys.csv
  osusume sql "select * from fact_user_rating" --format parquet --output ratings.parquet
  osusume sql - < query.sql
  osusume sql --version 7 "select count(*) from dim_anime"
  osusume sql "select schema, name from (show all tables)"
  osusume sql "select column_name, data_type, comment from duckdb_columns() where table_name = 'dim_anime'"

The query reads the published snapshot: it can change nothing and reaches no other file."""

PUBLISH = """examples:
  osusume publish                  put the warehouse as it stands before the readers, if its checks hold
  osusume publish --list           which versions are kept, and which of them readers are given
  osusume publish --rollback       back to the version before, in one rename
  osusume publish --rollback 7     to version 000007-…, older or newer than the current one: also the way forward again
  osusume sql --version 7 "…"      look into a version without giving it to anybody else

A run publishes by itself; `osusume publish` is for a warehouse that was built in parts. After a rollback, a run on the
same input leaves everything as it is and says so; a run that finds something new publishes that. OSUSUME_KEEP_SNAPSHOTS
(3) older versions are kept."""

RECOMMEND = """examples:
  osusume recommend --user myanimelist:1234    a user of the warehouse; 1234 alone if nobody shares it
  osusume recommend --like "Title One" "Title Two" -n 5 --why
  osusume recommend --like mal:1               the anime of a source's record, called as for `osusume match`
"""

MATCH = """A and B are titles in any language, or records as source:id (anilist:1, kitsu:1, myanimelist:1 or mal:1).

examples:
  osusume match anilist:1 kitsu:1               why these two records are, or are not, one anime
  osusume match "Some Title" "Some Title 2"     why two anime are two; with one title twice, its two namesakes
  osusume match "Some Title" "The Same in Japanese"
                                                what holds the records of one anime together
  osusume match "Some Title" mal:1              the anime's records against one record

It reads the published snapshot: a verdict in a sentence, the records side by side, what speaks for and against, the
history of their keys, and the line that overrules the decision. Exit status 2: a title or an id is unknown."""

MODELS = """examples:
  osusume models list                           recommendation models and the matcher, with what was measured
  osusume models compare slim ease              two of them side by side
  osusume models promote slim --because "…"     make one the active one
  osusume models tune --model ease --minutes 10 better parameters for these ratings, if there are any
  osusume models train-matcher --dry-run        how good a matcher trained on this HOME's catalogues would be"""

PROMOTE = """examples:
  osusume models list                            which versions there are
  osusume models compare slim ease               what is known of two of them
  osusume models promote slim --because "reads better to our editors"
  osusume models rollback --because "complaints" back to what was active before; once more: forward again
  osusume models promote --auto                  let the rules decide again

What a person promotes stays, also with new data (its model is then taught on them, with the same parameters), until
somebody says otherwise. It is landed with name, reason and time, survives the deletion of the warehouse, and stands in
fact_promotion_decision. The command says which run makes recommendations of it."""

TUNE = f"""examples:
  osusume models tune                            20 trials of every model
  osusume models tune --model ease als           of these two
  osusume models tune --model ease --minutes 10  as many as are done in ten minutes, at most 20
  osusume models tune --model ease --trials 60   go on: 40 more, where 20 are done

The search looks at the training part of the evaluation alone, and hides ratings of its own inside it. What it finds
is compared with the default on ratings that no trial was ranked by, and used from the next `osusume run` on if it is
better beyond the paired 95 % interval. A search that was cut off goes on where it stopped: the same command again.
Needs optuna: in the project's directory {installing("ml")}"""

EVALUATE = """examples:
  osusume models evaluate                                   on users whom no model was trained on, a fifth at a time
  osusume models evaluate --folds 1 --by-chance             one of these fifths, each liked title hidden by chance
  osusume models evaluate --groups 20 --model slim          a twentieth of the users at a time: taught 20 times
  osusume models evaluate --protocol time --model als ease  on what came after one moment, where ratings say when
  osusume models evaluate --protocol own --folds 1          as a warehouse meets a user: only this user lacks something

A model is taught anew for it, with the parameters that the next `osusume run` would use; ratings of 7 and more are what
is to be found again among the whole catalogue. What is active and published stays. With --keep the figures are landed,
and the next `osusume run` puts them into fact_model_metric, under their protocol and beside those that decide."""

ABLATE = """examples:
  osusume models ablate                         teach the two-stage model without one kind of information at a time
  osusume models ablate --keep                  the same, and put the figures into the report

Kinds: what other models say, content, franchises, dates and formats, popularity; without any of them it knows the
user's list and what SLIM makes of it. Measured as the versions are that compete to be active, with the difference to
the complete model on the same users. It takes six times as long as teaching it once. What is published stays."""

TRAIN_MATCHER = """examples:
  osusume models train-matcher --dry-run        train and compare, change nothing
  osusume models train-matcher                  train, compare, and adopt it unless it is clearly worse
  osusume models train-matcher --force          adopt it however it compares
  osusume models train-matcher --reset          back to the weights that come with the project

The matcher says which catalogue records are one anime. It learns from the records of this HOME: where a source names
the id of its counterpart (AniList names MyAnimeList's), the right answer is known. The next `osusume run` uses the new
weights; keys of anime stay as they are wherever the answer stays. Needs 100 such pairs and takes minutes. It is not
adopted if it is clearly worse, nor if no ids are named between two sources whose records the shipped weights were
taught to tell: how it does on these is not known."""

BACKFILL = """examples:
  osusume backfill anilist --from 1990 --to 1999 --dry-run      how many requests and minutes that would take
  osusume backfill anilist --from 1990 --to 1999 --input live   the same years, read from AniList itself
  osusume backfill kitsu --from 2020 --to 2020                  against the demo's stand-in services
  osusume backfill myanimelist --from 2010 --to 2019 --parallel 4
                                                 a run for each season, four at once; they take turns at the service
  osusume backfill myanimelist --from 2010 --to 2019 --retry-failed
                                                 of the last one only what was not landed
  osusume backfill ratings --from 2024-01 --to 2024-06 --input DIR
                                                 ratings/<source>/<YYYYMM>.csv.gz of these months, nothing else of DIR
  osusume backfill ratings --source kitsu --from 2024-05 --to 2024-05 --input DIR
                                                 one month of one source, as its file is now

The years are read partition by partition (AniList by start year, MyAnimeList by season; Kitsu cannot be asked by
year, so that it is read whole; Jikan in one crawl), then the pipeline runs. In the UI the partitions of
landing_<source>__anime and landing_<source>__ratings can be materialised one by one, in one run or in many."""

SERVICES = """examples:
  osusume demo-services                   real limits, no faults, on a free port
  osusume demo-services --port 8800 --rate-scale 100 --faults 0.05

They show the demo world (OSUSUME_SEED, OSUSUME_DEMO_ANIME, ...) over the protocols of AniList, Kitsu, MyAnimeList,
Jikan and IMDb, on 127.0.0.1 only."""

FORGET = """examples:
  osusume forget-user anilist:SomeName          by the name that the source knows
  osusume forget-user myanimelist:0f3a...       by the hash that the tables show

The user's ratings, lists and reviews are removed from landing files, tables, models and every published snapshot;
a tombstone without the name keeps them from coming back. The models are then trained without them."""

PREPARE = """example:
  osusume prepare --home /var/lib/osusume

What deploy/ starts before webserver, daemon and code location: it checks the settings, the input and the PostgreSQL
server (OSUSUME_DAGSTER_POSTGRES_URL, if it is set), makes Dagster's tables there, writes HOME/dagster/dagster.yaml, and
prints the DAGSTER_HOME that those processes want. Running it again changes nothing."""

BENCHMARK = """examples:
  osusume benchmark movielens ml-100k                     every model beside what others published for 100k
  osusume benchmark movielens ml-25m --models als ease --splits 1
  osusume benchmark movielens ml-1m --protocol time       known is what came before one moment in time

MovieLens comes from https://grouplens.org/datasets/movielens/; nothing is downloaded, and its terms are yours to read.
Releases are recognised by their files: u.data (100k), ratings.dat (1M, 10M), ratings.csv (latest, 20M, 25M).

protocols:
  published   75 % of each movie's ratings known at random, all ratings relevant, k = 10 (recommenders-team)
  holdout     a random fifth of each user's ratings of four stars or more is hidden
  time        ratings from a moment on are hidden, such that they are a fifth of those with four stars or more
  users       a fifth of the users is never trained on; a fifth of their four stars or more is hidden
  own         as holdout, but of a fifth of the users at a time, all others' ratings known (--groups, --folds)

No HOME is needed, and none is touched."""
