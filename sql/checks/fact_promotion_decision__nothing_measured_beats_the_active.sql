/*
No version measured today is better than the active one beyond the paired 95 % interval of NDCG@10.

A guard rail or a person keeps the better one back, as `reason` says. `osusume models compare` shows both,
`osusume models promote` overrules the guard, `osusume models promote --auto` takes a person's word back.

severity: warn
*/
select
    fact_promotion_decision.model_version_id,
    fact_promotion_decision.champion_version_id,
    fact_promotion_decision.difference,
    fact_promotion_decision.ci_low,
    fact_promotion_decision.reason
from main.fact_promotion_decision
inner join main.dim_recommendation_model
    on
        fact_promotion_decision.champion_version_id = dim_recommendation_model.model_version_id
        and dim_recommendation_model.is_active
where
    fact_promotion_decision.decision = 'kept'
    and fact_promotion_decision.ci_low > 0
    and fact_promotion_decision.model_version_id in (
        select fact_model_metric.model_version_id
        from main.fact_model_metric
    )
order by fact_promotion_decision.difference desc, fact_promotion_decision.decision_number asc
