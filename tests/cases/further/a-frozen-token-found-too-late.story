Story: A freeze of a quarter of a year is asked about, and never lifts itself.
Rules: egov-extranet
Proves: X-14

After the story egov-extranet/counter-freeze
On 2024-09-01 at 09:59
  told: nobody
On 2024-09-02 at 10:00
  told: frozen-90
  certificates of a-1: frozen
