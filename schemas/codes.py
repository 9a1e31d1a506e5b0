"""Every problem code: what it means, and what to do about it.

docs/reference/errors.md is generated from here (`python -m api.errors_page`). Codes are stable.
"""

from schemas.codes_of_data import INGEST, STORED

READING = {
    "bad-date": "The digits name no day of the calendar, as in 2023-02-30. Write a day that exists, year first.",
    "bad-escape": 'Inside quotes only `\\"` and `\\\\` may follow a backslash. Write two backslashes for one.',
    "bad-number": "The number has more digits than any number in the language needs. Shorten it.",
    "bad-ordinal": "Ordinals run from 1st to 9999th. Write `first`, `2nd`, `last` or `2nd last`.",
    "bad-region": "The position has too many digits for any chromosome. Write a region as `1:55039447-55064852`.",
    "comment-inside": "The formatter prints a document from its meaning, and a comment between statements has no place "
    "there. Move comments to the top of the document, or leave the document as you wrote it.",
    "missing-statement": "Every document has one `cohort` and one `index` statement. Add the one that is missing.",
    "second-statement": "A statement that a document has once is there twice. Remove one of them.",
    "unexpected-character": "A character has no meaning outside quotes and comments. Quote it or remove it.",
    "unexpected-end": "The text ends in the middle of a statement. `expected` lists how it may go on.",
    "unexpected-word": "Another word was expected here. `expected` lists what may stand, and the hint names the word "
    "most likely meant.",
    "unterminated-text": "A text in quotes has no closing quote on its line. Add it.",
    "wrong-subject": "Inside `having (…)` criteria are about the event itself: write `it`, `its end`, `its age`. "
    "Outside they are about the index event: write `index`, `index end`, `age at index`.",
    "json-missing-key": "An object of the JSON form lacks a key it needs. Add the key named in the message.",
    "json-syntax": "The text is not JSON. The message says where reading stopped.",
    "json-unknown-key": "An object of the JSON form has a key that nothing is known of. Correct or remove it.",
    "json-version": "The JSON form begins with its version; this reader knows the one in the message.",
    "json-wrong-type": "A value of the JSON form is of another type than its place asks for, as text for a number.",
    "json-wrong-word": "A value of the JSON form must be one of a few words. Use one of `expected`.",
}
"""A document that cannot be read."""

MEANING = {
    "answer-kind": "The question's answers are not numbers, so they cannot be compared with one. Use "
    '`in ("…")` with answer codes.',
    "answer-unknown": "The survey question does not offer this answer. `kohort questions NAME` lists those it offers.",
    "at-least-zero": "`at least 0` is true of everybody. Raise the number or remove the criterion.",
    "bad-concept-id": "Concept ids are whole numbers that fit OMOP's 32-bit column. Look the concept up.",
    "bad-count": "The number of occurrences is outside what can be counted. Use a smaller one.",
    "bad-name": "A concept set's name is a word of letters, digits and underscores that is not a word of the language.",
    "bad-score": "A score's name is lower-case words and digits joined by _ or ., as in `ldl_cholesterol`. Correct its "
    "spelling.",
    "bad-trend": "A trend needs a difference and a time above 0, as in `rising by at least 1.5 within 6 months`.",
    "bad-variant": 'A variant is written `rs671`, `hgvs "…"`, or `"1-55039974-G-T"`. Correct its spelling.',
    "bad-width": "Age bands are a whole number of years wide, as in `age(10)`.",
    "burden-range": "`carries at least` counts from 1 to 16 variants or alleles. Use a number between.",
    "censor-ordinal": "An entry ends at the first event from its start on, and so does being at risk. Remove the "
    "ordinal.",
    "cohort-cycle": "Cohorts refer to each other in a circle, so none has a meaning. Break the circle.",
    "cohort-twice": "Two of the cohorts sent together mean the same. Send each once.",
    "cohort-unknown": "The document refers to a cohort that was not sent along. Send its definition as part of the "
    "library, under the name used.",
    "count-range": "A count of events is not negative. Use 0 or more.",
    "cyclic-name": "A concept set is defined by means of itself. Write out what it holds.",
    "date-out-of-range": "The date lies outside the years the language knows. Correct the year.",
    "cube-category-unknown": "The published list has no category of this code. Search the list.",
    "cube-variants-closed": "The policy publishes no allele frequencies of this release. `GET /v1/public` says of "
    "which phases, and from when.",
    "cube-family-unknown": "No list of this name is published. `GET /v1/public/tables` names those that are.",
    "dimension-form": "Each entry of `by` is one dimension, as after `count by`, and nothing else.",
    "dimension-kind": "Only choice questions, with one answer a person, can split a count.",
    "distinct-column": "The events do not have what is to be counted once, as conditions have no units. Count dates.",
    "distinct-visits": "Events of this domain belong to no visit. Count distinct dates instead.",
    "document-form": "A request holds its cohort as `text` or as `cohort` in JSON, and not both.",
    "duplicate-dimension": "The count is split by this dimension already. Remove one.",
    "duplicate-name": "Two concept sets have one name. Rename one.",
    "duplicate-rule": "Two rules have one name, so attrition could not tell them apart. Rename one.",
    "empty-group": "A group in brackets needs at least one criterion; only `all of ()` may be empty, and is true.",
    "empty-range": "The range's lower end lies above its upper end. Swap them.",
    "empty-text": "A name or text must not be empty here.",
    "empty-window": "The window ends before it starts, so no event can lie in it. Check `before` and `after`.",
    "field-domain": "Events of this domain do not have the field. `kohort domains` lists which do.",
    "field-kind": "The field is compared with another kind of value than it holds, as a date with a number.",
    "field-not-in-domain": "Events of this domain do not have the field. `kohort domains` lists which do.",
    "gap-range": "A gap between events lasts at least one day. Raise the number.",
    "gap-unit": "A gap is counted in days or weeks: months and years have no fixed number of days. Write it in days.",
    "group-number": "`at least`, `at most` and `exactly` need a number between 0 and the number of criteria.",
    "having-genotype": "Inside `having (…)` criteria are about the event, and a genotype is of the person. Ask for it "
    "in a criterion of its own, joined by `and`.",
    "incidence-period": "Incidence is counted per year or per month. Use one of these.",
    "inner-ordinal": "Eras, gaps and sequences are made of all events of a kind. Write `first` and the like before "
    "the whole.",
    "library-name-twice": "Two documents of the library have the same cohort name. Rename one.",
    "linkage-allele": "Linkage disequilibrium takes two alleles, and a name fits several of the release, or none. "
    "Name an allele, as in `12-111803962-G-A`.",
    "linkage-variants": "Linkage disequilibrium is of two variants. Name two.",
    "missing-question": "`survey` is followed by the name of a question.",
    "missing-variant": "`genotype of` is followed by one named variant, as in `genotype of variant rs671`.",
    "negative-time": "Observation, gaps, supply and offsets of exposure, and what entries are joined over, are days of "
    "0 or more.",
    "no-dimensions": "A breakdown needs dimensions: add `count by sex, age(10)` or send `by`.",
    "no-incidence": "Incidence needs an outcome: add `incidence of first condition in … per year`.",
    "no-variants": "Genotypes are of variants, and none is named. Name one, such as rs671.",
    "ordinal-range": "Ordinals count from 1: `first`, `2nd`, and so on.",
    "overlap-cohorts": "An overlap is of 2 to 4 cohorts. Send as many.",
    "panel-unknown": "The release has no gene panel of that name. The hint has the closest name; otherwise list genes.",
    "other-assembly": "The variant's name says that its position is of another assembly than GRCh38, such as GRCh37 "
    "(hg19), or does not say which version of a chromosome's sequence it is of. Positions are never converted or "
    "guessed. Name the variant by its rsID or HGVS name, or by its position in GRCh38.",
    "percentile-range": "Percentiles run from 0 to 100: the top twentieth is `percentile >= 95`. Correct the number.",
    "pick-everyone": "`index everyone` has one entry a person. Remove `earliest of` or `latest of`.",
    "profile-most": "`most` says in how many groups a person may be counted: 1 to the number of groups.",
    "question-unknown": "The release's surveys have no such question. `kohort questions TEXT` finds its name.",
    "rates-dimension": "Rates over time are split by sex, age, region and race, which everybody under observation has.",
    "rates-window": "A series needs the first and the last day that are counted, in this order. Give both.",
    "score-unknown": "The release has no score of that name. The hint has the closest name.",
    "score-unranked": "Percentiles compare with a population that the annotation's frequencies describe, and it has "
    "none of at least 1 % for the score's variants. Compare the score's value instead.",
    "sex-unknown": "`sex` is male or female; whose sex the source does not say is neither.",
    "target-node": "The target cannot compute this part of the document and refuses rather than change its meaning. "
    "Use the default target.",
    "target-unknown": "There is no target of that name.",
    "undefined-name": "The name is not given to any concept set. Define it with `let`, or correct its spelling.",
    "unit-not-allowed": "The field has no unit. Remove `unit`.",
    "unknown-sex": "`sex` is male or female; whose sex the source does not say is neither.",
    "unprintable-text": "A text holds a control or direction character that cannot be seen. Remove it.",
    "variant-twice": "A request names a variant twice, perhaps in two spellings. Name each once.",
    "vocabulary-unknown": "The release has no such vocabulary. `kohort vocabularies` lists those it has.",
    "wrong-kind": "A value is of another kind than the field it is compared with. The message names both.",
}
"""A document that reads, and says something that cannot be meant."""

LIMITS = {
    "attrition-steps": "Attrition has more steps than the tier may ask for. Join rules with `and`.",
    "body-too-slow": "The body of the request did not arrive in time. Send it again over a better connection.",
    "body-too-large": "A request body has at most 1 MiB, and 64 KiB without a token. Send a shorter document.",
    "headers-too-large": "The headers of a request have at most 32 KiB together. Send fewer; a token needs no more.",
    "genotype-variants": "The request names more variants than the tier takes at once. Ask in several requests.",
    "memory-limit": "A limit of memory is written as a number and a unit, as in `4GB`.",
    "plan-cost": "The tier may not ask questions that take this long. Use fewer criteria.",
    "plan-depth": "Criteria are nested deeper than the tier may ask. Flatten the groups.",
    "plan-leaves": "The document has more criteria than the tier may ask. Split it into two.",
    "rates-intervals": "A series has at most 120 intervals. Count by year, or over fewer years.",
    "region-too-long": "A search lists the variants of at most 5 million bases. Search for a part of the region.",
    "search-too-long": "A text to search for has at most 200 characters. Search for a part of it, as the position.",
    "table-cells": "The breakdown has more cells than the tier may ask for. Use wider age bands or fewer dimensions.",
    "target-too-long": "Path and query of a request have at most 8 KiB together. Shorten the query.",
    "table-dimensions": "The breakdown has more dimensions than the tier may ask for. Remove one.",
    "text-too-long": "Names and texts have at most 256 characters.",
    "time-limit": "The question took many times longer than its class may, and was stopped. It is charged as if it "
    "were answered. Narrow its concept sets or windows, or split it.",
    "too-deep": "Brackets or named sets are nested too deep. Flatten them, or give a part its own named cohort.",
    "too-far": "Times reach at most 150 years.",
    "too-long": "The document is longer than any is read. Shorten it, or list concepts by a common ancestor.",
    "too-many-items": "The document lists too many concepts or texts. Use `with descendants` of a common ancestor.",
    "too-many-parts": "The document has too many parts. Split it into named cohorts.",
    "too-many-windows": "A criterion has at most 8 windows. Join some, or split the criterion.",
}
"""A request larger than the limits, judged from its text alone."""

REQUEST = {
    "json-depth": "The body nests deeper than any document needs. Flatten it.",
    "json-duplicate-key": "An object names a field twice, and which is meant cannot be known. Remove one.",
    "json-encoding": "The body is not Unicode text in UTF-8, or holds half of a character. Encode it again.",
    "json-malformed": "The body is not JSON. Check brackets, commas and quotes.",
    "json-number": "A number is not one of JSON: NaN, Infinity, or beyond the range of a double. Correct it.",
    "json-values": "The body holds more values than any document needs. List concepts by a common ancestor.",
    "form-fields": "The fields of a form cannot be read. Send it from the page it is on.",
    "body-length": "A request says by `Content-Length` and by `Transfer-Encoding` how long its body is. Send one.",
    "media-type": "A body is JSON in UTF-8, not compressed. Send `Content-Type: application/json` and no "
    "`Content-Encoding`.",
    "method-not-allowed": "The path exists, and not with this method. The `Allow` header lists those it has.",
    "not-found": "There is nothing at this path. `/openapi.json` lists the paths.",
    "request-field": "A field is missing, unknown or not of its type; the message names the field and the rule.",
    "picture-unsuited": "A picture of this kind is made of other answers; the message says of which. Send one of them, "
    "or ask for another kind.",
    "rate-limit": "The caller asked as often as the policy permits in a minute or a day. `Retry-After` says after how "
    "many seconds to ask again; `GET /v1/policy` lists the rates.",
    "request-refused": "The request cannot be served as it was sent.",
    "file-encoding": "The file is not text in UTF-8. Save it as UTF-8.",
    "file-missing": "There is no file of that name. Check the path; `-` reads standard input.",
    "file-unreadable": "The file exists and cannot be read. Check its permissions.",
    "file-unwritable": "The folder cannot be made, or files cannot be written into it. Check the path, permissions and "
    "space.",
    "report-unverified": "A report is printed only while it is just as this service signed it. Send the JSON as it was "
    "given, or ask for the report anew.",
}
"""A request or file that does not have the form it should."""

CIRCE = {
    "circe-cannot-say": "OHDSI's Circe has no words for this part of the document. The message says where it stands, "
    "the hint what to write instead.",
    "circe-concept-set": "The definition refers to a concept set that it does not hold, or holds two different ones "
    "under one id. Export it again from ATLAS, or correct the id.",
    "circe-criteria": "The kind of event is none of the sixteen that Circe 1.12 has. The message names it.",
    "circe-no-column": "The attribute asks for a column that the OMOP CDM does not have, so it cannot mean anything. "
    "Remove it.",
    "circe-not-a-cohort": "The JSON is not a cohort definition. Pass what ATLAS shows under Export, JSON.",
    "circe-value": "A value of the definition has no meaning to Circe either: a day that does not exist, a range "
    "without its other end, a number out of range. The message names the place.",
    "circe-version": "The definition asks for a version of the OMOP CDM that is not known here. Use one of the "
    "versions 5 and 6.",
}
"""Definitions of OHDSI's Circe that cannot be read, and documents that cannot be written as one."""

ACCESS = {
    "project-days": "The project was approved for other days than today. Ask the data access committee to renew it.",
    "project-not-approved": "The tier asks in approved projects, and this one is not in the registry of purposes. "
    "Apply for approval, or name another project of yours.",
    "access-age": "In this phase the tier sees ages in wider bands. Use the width the message names, or a wider one.",
    "access-date": "In this phase the tier names dates by whole months or years. Begin ranges on the first day of one, "
    "and end them on the last. From a named date count whole months or years too, and compare with the calendar only "
    "days that `spanning` or an end in days did not move.",
    "access-domain": "Data of this kind are not open to the tier in this phase. `expected` lists those that are, and "
    "`kohort policy explain` what opens when.",
    "access-free-text": "In this phase the tier does not test texts as their source wrote them. Use concepts instead.",
    "access-not-open": "Nothing of a release of this phase is open to the tier yet. The message names the day, if "
    "there is one.",
    "access-precision": "In this phase the tier answers with less exact precision only. Use one of `expected`.",
    "access-region": "In this phase the tier names no places. Leave the region out.",
    "access-sensitive": "The policy lists concepts as sensitive, such as mental illness or HIV, and a concept set has "
    "some of them, by name or below what it names. The message says which list, and what the tier may do: ask with "
    "coarse precision, or in a project that was approved for the list. If they are not what is asked about, leave them "
    "out with `excluding`. Whether anybody has such a record plays no part.",
    "access-temporal": "In this phase the tier does not relate events in time. Leave out windows, sequences, gaps, "
    "eras and trends.",
    "access-variant": "In this phase the tier does not name single variants, or only those that reference data call "
    "common; a small region counts as a single one. Whether the release has a variant plays no part. Name variants by "
    "gene.",
    "access-not-granted": "The token is good, and the passport's visas do not make its holder a registered researcher "
    "of a participating institution. Renew ResearcherStatus, AcceptedTermsAndPolicies and AffiliationAndRole.",
    "budget-exhausted": "The answer costs more privacy budget than one of your accounts has left this year. Ask at a "
    "coarser precision, ask again what was asked before (free), or apply for more.",
    "cube-budget-spent": "A release has one public cube; other rules need another, which nothing is left for. "
    "Go back to the rules it was made by, or publish the next release by the new ones.",
    "cube-not-open": "Nothing of a release of this phase is open to the public yet. `kohort policy show` "
    "says what opens when.",
    "dictionary-not-allowed": "The tier may not search this dictionary. Sign in as a registered researcher.",
    "exact-elsewhere": "Exact numbers are given inside the trusted environment, by a server of its own "
    "(`kohort serve-internal`). Ask there, or as a registered or controlled researcher here.",
    "export-decided": "The export was released or refused already. Ask for it anew.",
    "export-own": "Whoever wants to carry numbers out does not decide upon it. Ask another reviewer.",
    "export-protected": "Protected answers need no export. Use them as they are.",
    "export-reviewer": "Reviewers are named where the internal server is started. Ask one of them.",
    "operations-role": "The state of the service is for the data access committee and operators. They are named in "
    "KOHORT_COMMITTEE and KOHORT_OPERATORS where the server is started.",
    "metrics-refused": "Metrics are given for the token in the file that `KOHORT_METRICS_TOKEN` names. Send it as a "
    "bearer token.",
    "report-exact": "A feasibility report goes to people outside the trusted environment, so it is made of protected "
    "numbers. Ask as the tier that will apply.",
    "export-unknown": "There is no export of this id, or it is somebody else's. `GET /v1/exports` lists yours.",
    "genotype-not-allowed": "The tier sees no genotypes. Ask for registered access.",
    "genotype-not-common": "The tier sees genotypes of variants that reference data call common, and one of those "
    "asked for is rarer there or not known. Whether the release has it plays no part. Count its carriers instead.",
    "release-frequency": "Documents of this tier may not choose variants by `af`, the frequency measured in the "
    "release: one person can move it across a limit, and all carriers with it. Write `external af`, which is that of "
    "reference data.",
    "incidence-exact-only": "Time at risk and outcomes are exact, and given inside the trusted environment only: one "
    "person may add years of time, which noise that hides a count of one person does not hide. Ask for `count` or "
    "`breakdown` of those with the outcome.",
    "inclusion-exact-only": "Inclusion statistics count entries and are given inside the trusted environment only: one "
    "person may have any number of entries, which noise that hides one person's record does not hide. Ask for "
    "`attrition`, which counts persons.",
    "execution-exact-only": "What a plan took shows true numbers of every step, and is given inside the trusted "
    "environment only. `explain` without `--analyze` shows the plan.",
    "linkage-exact-only": "Linkage disequilibrium is exact, and given inside the trusted environment only: in a small "
    "cohort one person may decide it. Ask for `breakdown` by the genotypes of both variants.",
    "precision-not-allowed": "The tier does not offer this precision. Use one of `expected`, or leave it out.",
    "principal-incomplete": "A token needs a user, a project and an institution. Get a new token.",
    "form-origin": "A form of the dashboards was sent by a page of another site, and so by nobody. Open the page anew.",
    "dashboard-question-unknown": "The dashboard has no such question, or not for this tier today. Open the page anew.",
    "project-refused": "The project named in `Kohort-Project` does not exist, is stopped, is not the caller's, or "
    "needs a grant of the data access committee; which is not told. Leave the header out to ask in a project of your "
    "own.",
    "project-busy": "The project has as many questions under way as it may. Wait for their answers.",
    "reason-needed": "Exact numbers need a reason in words, of 10 to 500 characters, which is kept in the log. Send it "
    "as `Kohort-Reason` (UTF-8 in percent-encoding) or with `--reason`, and name nobody in it.",
    "run-answer-none": "The run has no answer of this number, not yet, or none that is drawn: a single count is a "
    "number and no picture. `GET /v1/runs/ID` says which questions are answered.",
    "run-unknown": "There is no run of this id, it was deleted or grew too old, or it is not of this project, or a "
    "colleague's who has not shared it; which is not told. `GET /v1/runs` lists yours.",
    "runs-under-way": "As many of your runs are under way as may be. Wait for one, or cancel it.",
    "server-busy": "The server is answering as many questions as it can. Ask again after `Retry-After` seconds.",
    "tier-not-interactive": "The public tier has published tables only. Sign in as a registered researcher.",
    "token-hours": "A token is valid for more than 0 hours and at most a week. Choose a time between.",
    "token-refused": "The token is absent, expired, damaged or not for this service; which is not told. Get a new one, "
    "with `kohort token` on this machine, and send it as `Authorization: Bearer TOKEN`.",
}
"""What the caller may not do, or not now."""

OURS = {
    "database": "A query that should run did not. Report it with the document, if you may.",
    "export-not-exact": "Protected numbers were to be exported as if they were exact. Report it.",
    "gate-labels": "A table was counted over other labels than asked. Report it.",
    "ingest-rows-lost": "Rows in and out of an ingest do not add up, so nothing was published. Report it.",
    "internal": "The server met a fault of its own. Report the incident's id; nothing else was kept of the request.",
    "ledger-no-candidate": "The ledger was given a new question without its answer. Report it.",
    "noise-not-private": "A sampler that does not protect was to be used, and was refused. Report it.",
    "noise-privacy-map": "The noise library prices noise otherwise than this version expects. Report it.",
    "person-index": "A person index lies outside the release. Report it.",
    "person-set-shape": "A person set was made with the wrong size. Report it.",
    "person-set-size": "Person sets of different releases met. Report it.",
    "question-stopped": "A question was given up before it was counted, and is charged. Report it if it happens again.",
    "safe-unsealed": "Something other than the gate tried to make an answer. Report it.",
    "variant-field": "A variant field was compared with a value of another kind. Report it.",
}
"""Faults of ours; over HTTP only `internal` is shown."""

FAMILIES = {
    "The document cannot be read": READING,
    "The document says something that cannot be meant": MEANING,
    "The request is larger than the limits": LIMITS,
    "The request or file does not have the form it should": REQUEST,
    "OHDSI's Circe": CIRCE,
    "Access and budget": ACCESS,
    "Sources that cannot become a release": INGEST,
    "A release, ledger or key that cannot be trusted": STORED,
    "Faults of ours": OURS,
}
"""Heading -> codes, in the order of the reference page."""

CODES: dict[str, str] = {code: text for family in FAMILIES.values() for code, text in family.items()}
"""Code -> one paragraph: what it means and what to do."""
