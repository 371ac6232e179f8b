Story: A hard certificate at an agency wants its key made in a token, and a real one.
Rules: chinaclear-agency
Proves: S0-09 S1-13

Given the agency huatai for counter, witness and other
qian.yu, applicant, opens case a-1 to apply in counter mode: certificate personal-hard, hard, through huatai
qian.yu, applicant, fills in the form for 1 year:
  - investor-name: 钱玉
  - identity-number: 440301199003070019
  - mobile: 13800138000
qian.yu, applicant, tries to bring a new key
  refused under S0-09 as profile: "profile"
qian.yu, applicant, tries to bring a new key made in software
  refused under S0-09 as profile: "profile"
qian.yu, applicant, tries to bring a new key made in a token of a test environment
  refused under S0-09 as profile: "profile"
qian.yu, applicant, brings a new key made in a token
  now: draft
