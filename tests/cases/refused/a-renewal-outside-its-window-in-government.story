Story: A renewal one second too early, on both edges of the window, and one second too late: two months.
Rules: egov-extranet
Proves: S2-31 X-12

After the story egov-extranet/counter-apply
  end of a-1: 2025-03-04 09:00:00

On 2025-01-03 23:59:59
li.hua, applicant, tries to open case a-2 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S2-31 X-12 as outside-window: "renewals are taken from"
On 2025-01-04 00:00:00
li.hua, applicant, opens case a-2 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, withdraws the case
On 2025-03-04 09:00:00
li.hua, applicant, opens case a-3 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, withdraws the case
1 second later
li.hua, applicant, tries to open case a-4 to renew in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S2-31 X-12 as outside-window: "to"
