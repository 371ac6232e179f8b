Story: A case that nobody goes on with is given up after ninety days.
Rules: egov-extranet
Proves: S2-26

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
li.hua, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
  deadline lapse: 2024-06-02 23:59:59
On 2024-06-02 23:59:59
  now: draft
1 second later
  now: lapsed
li.hua, applicant, tries to fill in the form for 1 year:
  - applicant-name: 李华
  - identity-number: 11010519491231002X
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: courier
  - delivery-address: 市民路1号
  refused as not-listed: "a case that is lapsed can't be form-filled"
