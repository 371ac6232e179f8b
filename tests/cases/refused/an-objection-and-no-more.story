Story: Who objects and wants no other certificate has the one that he got revoked, which was never in use.
Rules: egov-extranet
Proves: S1-18 S1-21 S2-29

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
li.hua, applicant, objects: I left the bureau
  certificates: issued
sun.li, approver, tries to confirm the receipt, leaving call-record call 4
  refused under S1-18 as not-listed: "a case that is objected can't be receipt-confirmed"
li.hua, applicant, opens case a-2 to revoke in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, because affiliation-changed
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
  number: 000002
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 3
wang.wei, registrar, registers the case, leaving work-record day book 3
sun.li, approver, takes the review
sun.li, approver, approves the case
  certificates: revoked
Case a-1 again
sun.li, approver, closes the case, leaving work-record day book 4
  now: closed
