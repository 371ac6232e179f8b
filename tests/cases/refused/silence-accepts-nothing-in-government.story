Story: In the extranet the approver asks: silence is noted, and accepts nothing.
Rules: egov-extranet
Proves: S1-18

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
  deadline deemed-acceptance: none
  deadline confirmation: 2024-03-11 23:59:59
On 2024-04-01 at 09:00
  told: confirmation
  now: dispatched
  certificates: issued
sun.li, approver, confirms the receipt, leaving call-record call 9
  certificates: active
