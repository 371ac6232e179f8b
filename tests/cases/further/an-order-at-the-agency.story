Story: An authority has an investor's certificate frozen, unfrozen and revoked at the counter, by its orders.
Rules: chinaclear-agency
Proves: S0-27 S5-04

After the story chinaclear-agency/counter-apply
On 2024-06-03 at 10:00
gu.fang, official, opens case a-2 to freeze in counter mode: certificate personal-hard, hard, about a-1, through huatai, holder qian.yu
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 31
  refused under S5-04 as check-open: "the check genuineness has not passed"
wang.wei, registrar, checks genuineness, leaving official-order order 7
wang.wei, registrar, registers the case, leaving work-record day book 31
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: frozen
zhou.ke, approver, closes the case, leaving work-record day book 32

gu.fang, official, opens case a-3 to unfreeze in counter mode: certificate personal-hard, hard, about a-1, through huatai, holder qian.yu
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, checks genuineness, leaving official-order order 8
wang.wei, registrar, registers the case, leaving work-record day book 33
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: active
zhou.ke, approver, closes the case, leaving work-record day book 34

gu.fang, official, opens case a-4 to revoke in counter mode: certificate personal-hard, hard, about a-1, because privilege-withdrawn, through huatai, holder qian.yu
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to check genuineness, leaving holder-statement letter 4
  refused under S5-04 as evidence-missing: "official-order"
wang.wei, registrar, checks genuineness, leaving official-order order 9
wang.wei, registrar, registers the case, leaving work-record day book 35
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: revoked
zhou.ke, approver, closes the case, leaving work-record day book 36
  now: closed
