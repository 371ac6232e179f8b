Story: A case that nobody goes on with is given up after thirty days.
Rules: chinaclear-agency
Proves: S2-26

Given the agency huatai for counter, witness and other
qian.yu, applicant, opens case a-1 to apply in counter mode: certificate personal-hard, hard, through huatai
  deadline lapse: 2024-04-03 23:59:59
On 2024-04-03 23:59:59
  now: draft
1 second later
  now: lapsed
qian.yu, applicant, tries to fill in the form for 1 year:
  - investor-name: 钱玉
  - identity-number: 440301199003070019
  - mobile: 13800138000
  refused as not-listed: "a case that is lapsed can't be form-filled"
