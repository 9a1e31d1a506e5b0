"""Codes of what is found in data that are taken in, and in files that are kept: see `schemas.codes`."""

INGEST = {
    "annotation-unreadable": "The table of variant annotation cannot be read, or lacks one of the columns `contig`, "
    "`position`, `ref` and `alt`. Check that it is whole, and name them.",
    "bed-individual-major": "The `.bed` file keeps one person after another, which PLINK 1 stopped writing long ago. "
    "Rewrite it with `plink --make-bed`, which keeps one variant after another.",
    "bgen-no-sample-ids": "The BGEN file does not say who its samples are. Put the `.sample` file that came with it "
    "beside it.",
    "consent-permission": "The word is no DUO permission of the consent table. Use a code such as GRU or HMB.",
    "consent-twice": "Consent is given as a table and as an assumption. Give one of them.",
    "concordance-differs": "The release was not made from these files, or not with this sample map. Give the files and "
    "the map that it was ingested with.",
    "concordance-failed": "The tool that counts independently could not read the file. What it said is in the hint.",
    "concordance-tool": "The tool cannot read files of this kind. Use one of those named.",
    "concordance-tool-absent": "The tool that counts independently is not installed. Install the package named.",
    "hail-dataset": "The MatrixTable or VariantDataset lacks what an ingest needs. The message says what.",
    "hail-failed": "Hail started and could not read the data set. The hint names its log or the cause.",
    "hail-not-set-up": "MatrixTables and VariantDatasets are read by Hail, which has an environment of its own. Run "
    "`make hail`, or name its Python in `KOHORT_HAIL_PYTHON`.",
    "ingest-disk": "The disk is full. Free space and start again with `--resume`; nothing was published.",
    "ingest-memory": "The sources need more memory than allowed. Raise `--memory-limit` or free disk to spill to.",
    "ingest-process": "A process of the ingest was ended from outside, most likely because memory ran out. Use fewer "
    "`--threads`, and `--resume` to keep what is finished.",
    "panel-empty": "No gene of the file can be taken into a panel. Of PanelApp's export, only green genes are.",
    "panel-layout": "The file has no layout of gene panels that is known. Give PanelApp's export, a `.gmt` file, or a "
    "table with the columns `panel` and `gene`.",
    "panel-name": "A panel's name is too long to be written in a document, or has control characters. Shorten it.",
    "panel-twice": "Two files have a panel of one name, and which genes are meant is not known. Rename one panel, or "
    "join the files.",
    "panel-unreadable": "A file of gene panels cannot be opened, or is damaged. Check that it is whole and in UTF-8.",
    "reference-unreadable": "The reference sequence cannot be read. Give an unpacked FASTA of GRCh38 with the index "
    "that `samtools faidx` makes beside it.",
    "release-busy": "Another process makes a release of this id. Wait until it has ended, or choose another id.",
    "release-disk": "The disk that holds the releases is full, or smaller than what a release of this size needs while "
    "it "
    "is made. Free some space and give the command again.",
    "release-exists": "A release of this id is published, and releases do not change. Choose another id.",
    "release-id": "Release ids are lower-case letters, digits, dots, dashes and underscores, at most 64.",
    "release-no-persons": "A release needs a person table. Check the source folder.",
    "sample-map-unreadable": "The table of samples and persons cannot be read, or its first line does not name the "
    "columns `sample_id` and `person_id`. Check that it is whole, and name them.",
    "samples-twice": "A file of calls has two samples of one id. Give every sample an id of its own.",
    "samples-unmatched": "No sample of the variant files belongs to a person. Check the ids in the sample map.",
    "score-build": "The score's positions are not known to be of GRCh38, and positions are never converted or guessed. "
    "Take the file that the PGS Catalog harmonized to GRCh38 (`…_hmPOS_GRCh38.txt.gz`).",
    "score-layout": "The file is neither a PGS Catalog scoring file with a weight an allele nor a table of contig, "
    "position, effect_allele, other_allele and weight. Correct its column names, or leave it out.",
    "score-twice": "Two score files would have one name in the language. Rename one of them.",
    "score-unreadable": "A score file cannot be opened, or is damaged or empty. Copy it again from where it came from.",
    "source-columns": "A source table lacks a header or a column, or names a column twice. Correct its first line.",
    "source-missing": "The folder or file to ingest does not exist. Check the path.",
    "source-missing-table": "A table that every source needs is absent. Add it to the folder.",
    "source-no-observation": "Every row of the observation periods was rejected: nobody would be in any cohort. The "
    "message counts the reasons.",
    "source-no-persons": "No row of the person table can be kept. Its rejected rows say why.",
    "source-twice": "Two files of the folder hold the same table. Remove one.",
    "source-unknown-file": "A data file in the folder is no table that can be ingested. Rename or move it.",
    "source-unreadable": "A source file is damaged, cut short or not UTF-8 text. Copy it again from where it came "
    "from, or convert it.",
    "synthetic-size": "A synthetic release has between 10 and 50 million persons.",
    "synthetic-unfinished": "A synthetic release of this id was begun with other options or by another version, and "
    "was "
    "not finished. Give the same options, `--fresh` to throw it away, or another id.",
    "table-columns": "A table written does not have the columns of the schema. Ingest the sources again.",
    "table-types": "A column written has another type than the schema says. Ingest the sources again.",
    "variants-assembly": "A file of variants is of another reference than GRCh38. Positions are never converted or "
    "guessed: lift the file over first, or call it again on GRCh38.",
    "variants-companion": "A file of calls is one of a set, as `.bed`, `.bim` and `.fam`, and another of the set is "
    "not beside it. Copy all of them into one folder, under one name.",
    "variants-damaged": "A file of calls ends early or does not hold what its head promises. Copy it again from where "
    "it came from.",
    "variants-differ": "Files of one set disagree in their number of samples or variants. Give files that come from "
    "one run of one tool.",
    "variants-none": "A sample map, annotation, reference, panel or score belongs to variants, and no `--variants` are "
    "given. Give them, or leave it out.",
    "variants-sample-map": "Variants need `--sample-map`, a table that takes samples to persons.",
    "variants-text": "A line of a text file that lies beside the calls, as `.fam` or `.pvar`, lacks columns or has "
    "another kind of value. Correct the line named.",
    "variants-twice": "A file of variants is given twice. Give it once.",
    "variants-unreadable": "A file of calls cannot be opened, or is of another kind than its name says. Check its path "
    "and what made it.",
    "vcf-damaged": "A variant file is cut short, or a block or record of it cannot be read. Copy it again from where "
    "it came from.",
    "vcf-gvcf": "The file is a gVCF of one sample. Joint-genotype the samples first.",
    "vcf-header": "The header of a VCF lacks its line of columns, names a sample twice, or is otherwise malformed. "
    "Correct it with `bcftools reheader`.",
    "vcf-no-samples": "The variant file has sites and no genotypes. Use the file with samples.",
    "vcf-no-variants": "No variant of the files can be kept. The report counts why.",
    "vcf-unreadable": "The variant file cannot be opened as VCF or BCF.",
}
"""Sources that cannot become a release."""

STORED = {
    "projects-form": "The registry of approved projects is not as it should be: the message names line and key. Until "
    "it is corrected nothing is answered. `kohort consent projects FILE` checks it.",
    "projects-missing": "Callers come from trusted issuers, and a tier of the policy asks in approved projects, but no "
    "registry says what they were approved for. Name it in `KOHORT_PROJECTS`; an empty file approves none.",
    "projects-unreadable": "The registry of approved projects cannot be read. Check the path in `KOHORT_PROJECTS`.",
    "state-file-unreadable": "A file that is read again whenever it changes cannot be looked at. Check the permissions "
    "of its folder.",
    "withdrawals-changed": "The file of withdrawals lost or changed lines that were in force. Restore it: lines are "
    "only ever added. Until then nothing is answered.",
    "withdrawals-form": "A line is no withdrawal, or no person id. Correct it; a withdrawal that cannot be read is "
    "never passed over.",
    "withdrawals-permission": "Only a use can be withdrawn, or everything: without a restriction more would be open.",
    "withdrawals-unreadable": "The file of withdrawals cannot be read or written. Check the state folder; until then "
    "nothing is answered.",
    "policy-contradiction": "The policy file says two things that cannot both hold; the message names them. Until it "
    "is corrected the server does not start.",
    "policy-form": "The policy file is not as it should be: the message names line and key. docs/reference/policy.md "
    "says what each key means.",
    "policy-phase": "The policy has no phase of this number. Ask about one of those it has.",
    "policy-unreadable": "The policy file cannot be read. Check the path in `KOHORT_POLICY` and who may read the file.",
    "audit-broken": "The log of answers was changed. Stop the service and restore the state folder; inform the data "
    "access committee.",
    "audit-entry-unsigned": "A proof needs a checkpoint over the entry. `kohort audit checkpoint` signs one.",
    "audit-month": "A month is written as year and number, 2026-11.",
    "audit-proof-wrong": "What the proof says is not in the log that was signed, or the log does not go on from the "
    "older checkpoint. Keep both, and inform the data access committee.",
    "audit-unreadable": "The state folder that was looked at has no log (`ledger.sqlite`), it cannot be read, or a "
    "file is no month of one. Name the server's state folder with `--state` or `KOHORT_STATE`, and check who may "
    "read it.",
    "audit-unwritable": "The month of the log cannot be written to the file named: it is there already, or the folder "
    "cannot be written to. Name another file.",
    "backup-damaged": "A copy of the ledger is not what was written, or not one that can be gone on from; the message "
    "says which part. Use another copy.",
    "backup-source": "The state folder that was looked at has no ledger (`ledger.sqlite`). Name the server's state "
    "folder with `--state` or `KOHORT_STATE`; a new one has a ledger once a server started.",
    "backup-unwritable": "The ledger cannot be copied to the folder named: it is there already, or cannot be written "
    "to. Name a new folder on a disk with room.",
    "calls-damaged": "The genotype calls cannot be read. Restore the release or ingest it again.",
    "cube-damaged": "A file of the published tables is not what its manifest says. Remove the folder of that edition "
    "and run `kohort release cube`: the same numbers come from the ledger.",
    "cube-list-too-long": "A family of the public cube would have too many categories, as its vocabulary has no broad "
    "concepts. Name those to be published by `codes` of the family in the policy.",
    "cube-variant": "`variants` of the public cube's genotypes has a name that is none. Correct it in the policy.",
    "cube-none": "No tables are published of the release. `kohort release cube` makes them.",
    "cube-unknown-to-ledger": "Tables are published of the release that the ledger does not know of: it is older than "
    "they are, or another. Restore the newest ledger; drawing tables a second time would tell too much.",
    "cube-unwritable": "The published tables cannot be written. Check disk space and permissions of their folder.",
    "checkpoint-key": "A verifier key is a name, an id and a key joined by +, as `kohort audit key` prints it.",
    "checkpoint-unreadable": "The file is not a signed checkpoint. Use it as it was published, to the last line break.",
    "event-index-damaged": "A block of the event index is not what was written. Delete `index/events/` of the release; "
    "it "
    "is made again when the release is opened.",
    "event-index-order": "A table of the release is not in the order that releases have (concept, person, first day, "
    "key), so that it was not made by this program, or changed. Ingest the release again.",
    "event-index-unwritable": "The event index is derived from the release and cannot be written. Check disk space and "
    "permissions.",
    "example-damaged": "An example document that comes with the server cannot be read. Restore the file named.",
    "runs-unavailable": "The file of runs in the state folder cannot be read or written. Look at space and "
    "permissions; questions can still be asked one by one, and what was paid is replayed.",
    "exports-unavailable": "The file of exports cannot be read or written. Check disk space and permissions of the "
    "state folder.",
    "genotype-index-damaged": "A block of the genotype index is not what was written. Delete `index/genotype/` of the "
    "release; it is made again when the release is opened.",
    "genotype-index-unwritable": "The genotype index is derived when a release opens and cannot be written. Check disk "
    "space and permissions.",
    "genotypes-differ": "Calls and variants of the release disagree in number. Restore it or ingest it again.",
    "genotypes-incomplete": "The release has variants without what belongs to them. Ingest it again.",
    "key-damaged": "The key of the state folder does not have its length. Restore it from backup: without it, stored "
    "answers cannot be found again.",
    "key-exposed": "Others than its owner may read the key of the state folder. Restrict the file to its owner.",
    "key-unreadable": "The key of the state folder cannot be read or made. Check the folder's permissions.",
    "identity-file": "The file of trusted issuers, or that of projects and denials, is not as it should be; the "
    "message names the place. Until it is corrected nobody gets in. `kohort identity check` checks both.",
    "address-in-use": "Another program listens where the server should. Stop it, or give another `--port`.",
    "address-unusable": "The server cannot listen at the address: it is none of this machine, its name is unknown, or "
    "this user may not use the port. Give another `--host` or `--port`.",
    "identity-setup": "A server knows callers in exactly one way: by trusted issuers, or by the development issuer on "
    "this machine alone. Set `KOHORT_IDENTITY`, or `--local-issuer` to try things.",
    "clock-behind": "The server's clock is more than a day behind the newest entry of the log, and a clock that was "
    "set back would open the budget of an earlier year. Set the clock; until then questions that were paid are "
    "answered, and nothing is charged. If the clock is right and was ahead before, `kohort ledger clock` shows the "
    "entries and puts that on record, after which charging goes on.",
    "clock-day": "The day given is not the one that the machine's clock says it is in Korea. Look at another clock: "
    "set this one, or give the right day.",
    "clock-none-ahead": "No entry of the log is ahead of the clock, so there is nothing to put on record.",
    "clock-unconfirmed": "To put on record that the clock was ahead, `kohort ledger clock` wants the day it truly is "
    "in Korea (`--today`) and the reason (`--reason`).",
    "ledger-older": "The ledger is older than a checkpoint that was signed of its log, so charges and answers are "
    "missing. Restore the newest copy; going on with this one would give answers without their charge.",
    "ledger-in-use": "A server has the ledger open, or a restore is under way. Stop every server of the state folder, "
    "then restore.",
    "ledger-schema": "The ledger was written by another version, and a ledger is never converted, since its log is "
    "signed as it is. Answer with that version, or publish a new release and start a new state folder.",
    "ledger-unfinished": "A restore was stopped while it moved files. Run it again: it starts from what was there "
    "before.",
    "ledger-unavailable": "The ledger cannot be read or written, and without it nothing is answered. Check disk space "
    "and permissions of the state folder.",
    "state-unwritable": "Nothing can be written to the state folder: the disk is full, a quota is used up, or a "
    "permission is lost. Nothing is answered and nothing charged until there is room; then the server goes on by "
    "itself.",
    "person-ledger-damaged": "The ledger per person is damaged, or older than the answers that were given. Stored "
    "answers still come; for new ones run `kohort ledger rebuild`, which charges everybody as much as the log "
    "allows for.",
    "rate-store": "The store of rates in `KOHORT_RATE_STORE` is of no kind that can be used, its client is not "
    "installed, or it does not answer. Correct it, or leave it out for a single process.",
    "release-damaged": "A file of the release is not what its manifest says. Restore the file named or ingest again.",
    "release-none-current": "No release is current. Make one with `kohort demo`, `kohort synth` or `kohort ingest`, or "
    "choose one with `kohort release use ID`.",
    "release-schema": "The release was made for another version of the schema. Ingest its sources again.",
    "release-unknown": "The folder of releases that was looked at has no such release. Name one of those listed, or "
    "the folder of releases with `--releases` or `KOHORT_RELEASES`.",
    "restore-incomplete": "A checkpoint, or a charge of people, shows that more was answered than is known. Give the "
    "logs that reach so far, or restore without `--complete`, which closes the year.",
    "restore-key": "The key that signs the log, or the one that names questions, is not there or is another. Put it "
    "into the state folder from where keys are kept.",
    "restore-log": "A log given to a restore cannot be read, has a gap, or is not the one of the copy. Give the "
    "exports of all months since the copy was made.",
    "metrics-off": "No file is named in `KOHORT_METRICS_TOKEN`, so the server gives no metrics. Name one.",
    "metrics-token": "The file of the metrics' token cannot be read or holds a short one. Put a token of 32 or more "
    "characters into it.",
    "server-stopping": "The server was told to stop: it finishes what is under way and takes nothing new. "
    "`Retry-After` says when to ask again.",
    "report-key": "The keys that feasibility reports are signed with cannot be read, or are not those published. The "
    "message says which file; restore it from a backup, or make a new key with `kohort report-key rotate`.",
    "review-key": "The key is not one that `kohort audit review-key` made, or the document was sealed for another. Use "
    "the private half of the key that was installed when the entry was written.",
    "sample-order": "Samples of the release are not in the order of persons. Ingest it again.",
    "token-key": "The key that signs tokens cannot be read. Remove the file to make a new one; issued tokens end.",
    "variant-lookups-unwritable": "The tables that find known variants by name are derived when a release opens and "
    "cannot be written. Check disk space and permissions.",
    "variant-order": "Variants of the release are not in order. Ingest it again.",
}
"""A release, ledger or key that cannot be trusted."""
