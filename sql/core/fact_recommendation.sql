/*
What applications read: 100 recommendations for every user, after all rules (nothing the user has rated or
begun, no stub anime, adult titles only for users who rated one 7 or more), each with a true reason. Users
whose list has no entry to learn from get what is popular. Shares of rerank are those of its first stage.

grain: one recommended anime of one user
keys: user_key, rank
group: recommendations
columns:
    user_key: for whom
    rank: 1 is best
    anime_key: what is recommended
    score: the model's own score; larger is better, comparable within one user's list only
    model_version_id: the model that made the list
    share_collaborative: part of the score that comes from what other users rated alike, 0-1
    share_content: part of the score that comes from what the anime is about, 0-1
    share_popularity: part of the score that comes from popularity alone, 0-1
    because: the user's titles that carried it, strongest first, each with the user's rating and its share of
        the score; empty where no single title did
    reason: the same in a sentence, of those that have a title where one has
*/
with recommended as (
    select
        listed.*,
        -- at most three titles carry a recommendation; three joins spare unnesting and regrouping
        struct_pack(
            anime_key := first_title.anime_key,
            title := coalesce(first_title.title, 'a title of no catalogue'),
            rating := round(listed.because_ratings[1]::double, 4), share := listed.because_shares[1]
        ) as first_cause,
        struct_pack(
            anime_key := second_title.anime_key,
            title := coalesce(second_title.title, 'a title of no catalogue'),
            rating := round(listed.because_ratings[2]::double, 4), share := listed.because_shares[2]
        ) as second_cause,
        struct_pack(
            anime_key := third_title.anime_key,
            title := coalesce(third_title.title, 'a title of no catalogue'),
            rating := round(listed.because_ratings[3]::double, 4), share := listed.because_shares[3]
        ) as third_cause
    from intermediate.int_explained_list as listed
    left join main.dim_anime as first_title on listed.because_anime_keys[1] = first_title.anime_key
    left join main.dim_anime as second_title on listed.because_anime_keys[2] = second_title.anime_key
    left join main.dim_anime as third_title on listed.because_anime_keys[3] = third_title.anime_key
),

explained as (
    select
        *,
        list_filter(
            [first_cause, second_cause, third_cause], lambda cause: cause.anime_key is not null
        ) as because,
        list_filter(because, lambda cause: cause.title <> 'a title of no catalogue') as titled
    from recommended
),

liked as (
    select
        fact_user_rating.anime_key,
        count(*) as users
    from main.fact_user_rating
    where fact_user_rating.rating >= 7
    group by fact_user_rating.anime_key
)

select
    explained.user_key,
    explained.rank,
    explained.anime_key,
    explained.score,
    explained.model_version_id,
    explained.share_collaborative,
    explained.share_content,
    explained.share_popularity,
    explained.because,
    case
        when len(explained.because) = 0 and explained.share_popularity < 0.5 and explained.list_length = 1
            then 'People with lists like yours like it.'
        when len(explained.because) = 0 and explained.share_popularity < 0.5
            then 'It fits your list as a whole, more than any one title on it.'
        when len(explained.because) = 0 and liked.users is null
            then 'Nobody here has rated it 7 or more yet: it fills up the list.'
        when len(explained.because) = 0
            then format('Popular: {} user{} rated it 7 or more.', liked.users, if(liked.users = 1, '', 's'))
        else concat('Because you ', array_to_string(
            list_transform(
                if(len(explained.titled) > 0, explained.titled, explained.because)[:2],
                lambda one: case
                    -- seeing a title says something even where it was not liked
                    when one.rating is null or one.rating < 7 then 'watched ' || one.title
                    else concat(
                        'rated ', one.title, ' ', regexp_replace(round(one.rating, 1)::varchar, '[.]0$', '')
                    )
                end
            ),
            ' and '
        ), '.')
    end as reason
from explained
left join liked on explained.anime_key = liked.anime_key
