Story: What the holder finds wrong is not confirmed: the certificates are revoked, and made anew.
Rules: egov-extranet
Proves: S1-18 S2-29 X-11

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
Given the token k0001
Given the token k0002
li.hua, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
li.hua, applicant, fills in the form for 1 year:
  - applicant-name: 李华
  - identity-number: 11010519491231002X
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: courier
  - delivery-address: 市民路1号
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 1
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, binds the token k0001
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 2
sun.li, approver, sends the packet p-1 by courier, leaving delivery-receipt EMS 1001

li.hua, applicant, tries to confirm the receipt although something is wrong, leaving holder-statement letter 1
  refused under S1-18 S2-29 as not-correct: "what is not right is objected to, not confirmed"
li.hua, applicant, objects: the label on the token is another's
  now: objected
  certificates: issued
sun.li, approver, tries to close the case, leaving work-record day book 3
  refused under S1-18 S2-29 as objection-open: "what was objected to is not revoked: revoke it, or have it reissued"
  now: objected
sun.li, approver, tries to confirm the receipt, leaving call-record call 1
  refused as not-listed: "a case that is objected can't be receipt-confirmed"

# Somebody is told that there is something to do.
1 days later
  told: a-1_objection

# Made anew, and the old ones end as soon as the new ones exist.
li.hua, applicant, opens case a-2 to reissue in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because superseded
li.hua, applicant, fills in the form for the rest of the term as in case a-1
li.hua, applicant, adds the documents:
  - application-form: form.jpg
  - identity-copy: card.jpg
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 3
wang.wei, registrar, registers the case, leaving work-record day book 3
sun.li, approver, takes the review
sun.li, approver, approves the case
sun.li, approver, binds the token k0002
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 31
sun.li, approver, sends the packet p-2 by courier, leaving delivery-receipt EMS 1002
sun.li, pin-custodian, tells the PIN to the agent by letter, leaving notice-receipt letter 2
  certificates of a-1: revoked
  certificates: issued
sun.li, approver, confirms the receipt, leaving call-record call 92
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 32
  now: closed

# Only now is the first case at its end.
Case a-1 again
sun.li, approver, closes the case, leaving work-record day book 33
  now: closed
