/*
What recommendations rest on, by their place in the list: the mean share of each kind of model, and whether
the lists are put in order by a second stage, of which these shares do not tell.
*/
select
    fact_recommendation.rank,
    count(*) as recommendations,
    round(avg(fact_recommendation.share_collaborative), 6) as collaborative,
    round(avg(fact_recommendation.share_content), 6) as content,
    round(avg(fact_recommendation.share_popularity), 6) as popularity,
    bool_or(starts_with(fact_recommendation.model_version_id, 'rerank-')) as has_second_stage
from main.fact_recommendation
group by fact_recommendation.rank
order by fact_recommendation.rank
