-- Packed bytes do not get smaller: kept outside the row as they are, without a try to compress them.
ALTER TABLE "arrival_bytes" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "run_sources" ALTER COLUMN "series" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "run_sources" ALTER COLUMN "prepared" SET STORAGE EXTERNAL;
