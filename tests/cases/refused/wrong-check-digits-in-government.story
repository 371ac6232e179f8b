Story: An identity number with a wrong check character is no identity number.
Rules: egov-extranet
Proves: S1-05

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
li.hua, applicant, opens case a-1 to apply in counter mode: certificate person, hard, centralised, for finance-bureau
li.hua, applicant, tries to fill in the form for 1 year:
  - applicant-name: 李华
  - identity-number: 110105194912310021
  - organisation-name: 市财政局
  - department: 信息中心
  - mobile: 13800138000
  - delivery: courier
  refused under S1-05 as field: "field identity-number: the check character is wrong"
  form: none
