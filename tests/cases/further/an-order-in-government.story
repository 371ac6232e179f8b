Story: A court has a certificate frozen, unfrozen and revoked; the holder is not asked, and without the order nothing is done.
Rules: egov-extranet
Proves: S0-27 S1-08 S2-32 S5-04

After the story egov-extranet/counter-apply
On 2024-06-03 at 10:00
gu.fang, official, opens case a-2 to freeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
gu.fang, official, tries to freeze the certificates at once, leaving call-record call 90
  refused under S2-32 as evidence-kind: "call-record is no official-order"
  certificates: active
gu.fang, official, freezes the certificates at once, leaving official-order court order 7
  now: awaiting-ratification
  certificates: frozen
sun.li, approver, tries to ratify the freeze
  refused under S5-04 as check-open: "the check genuineness has not passed"
wang.wei, registrar, checks genuineness, leaving official-order court order 7
sun.li, approver, ratifies the freeze
sun.li, approver, closes the case, leaving work-record day book 3

# The holder left the bureau meanwhile: that is no way out of an order.
deng.lan, clerk, strikes li.hua off the list of finance-bureau
gu.fang, official, opens case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 4
  refused under S1-08 S5-04 as check-open: "the check genuineness has not passed"
wang.wei, registrar, tries to check identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
  refused under S0-27 as unknown-name: "identity-agent"
wang.wei, registrar, checks genuineness, leaving official-order court order 8
wang.wei, registrar, registers the case, leaving work-record day book 4
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 5

gu.fang, official, opens case a-4 to revoke in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because privilege-withdrawn, holder li.hua
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to check genuineness, leaving signed-form archive 2024/9
  refused under S5-04 as evidence-missing: "the check genuineness needs one of: official-order"
wang.wei, registrar, checks genuineness, leaving official-order court order 9
wang.wei, registrar, registers the case, leaving work-record day book 6
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: revoked
sun.li, approver, closes the case, leaving work-record day book 7
  now: closed
