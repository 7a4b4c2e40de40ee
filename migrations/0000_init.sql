CREATE TABLE "accounts" (
	"email" text PRIMARY KEY NOT NULL,
	"runner_id" uuid NOT NULL,
	"password_hash" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "arrival_bytes" (
	"runner_id" uuid NOT NULL,
	"arrival_id" uuid NOT NULL,
	"piece" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "arrival_bytes_runner_id_arrival_id_piece_pk" PRIMARY KEY("runner_id","arrival_id","piece")
);
--> statement-breakpoint
CREATE TABLE "arrivals" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"from" text NOT NULL,
	"external_id" text,
	"revision" text,
	"about" jsonb,
	"name" text NOT NULL,
	"parent_id" uuid,
	"position" integer,
	"part_count" integer,
	"media" text NOT NULL,
	"sha256" text,
	"size_bytes" bigint,
	"status" text NOT NULL,
	"detail" text,
	"run_id" uuid,
	"received_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "arrivals_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "assessments" (
	"runner_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"label" text NOT NULL,
	"p_hard" double precision NOT NULL,
	"confidence" double precision NOT NULL,
	"decided_by" text NOT NULL,
	"demand" text NOT NULL,
	"subtype" text NOT NULL,
	"hard_for_placement" boolean NOT NULL,
	"ask" boolean NOT NULL,
	"reasons" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"thresholds_day" date NOT NULL,
	"rules_version" integer NOT NULL,
	"previous" jsonb,
	"assessed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "assessments_runner_id_run_id_pk" PRIMARY KEY("runner_id","run_id")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"what" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "attempts_what_window_start_pk" PRIMARY KEY("what","window_start")
);
--> statement-breakpoint
CREATE TABLE "budgets" (
	"platform" text NOT NULL,
	"window" text NOT NULL,
	"parts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"told" integer,
	"blocked_until" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "budgets_platform_window_pk" PRIMARY KEY("platform","window")
);
--> statement-breakpoint
CREATE TABLE "calendar_feeds" (
	"token" text PRIMARY KEY NOT NULL,
	"runner_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"runner_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"external_user_id" text,
	"state" text NOT NULL,
	"text" text NOT NULL,
	"sealed_tokens" text,
	"access_expires_at" timestamp with time zone,
	"refresh_expires_at" timestamp with time zone,
	"token_generation" integer DEFAULT 0 NOT NULL,
	"refresh_lease_until" timestamp with time zone,
	"refresh_started_at" timestamp with time zone,
	"refresh_not_before" timestamp with time zone,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"write" boolean DEFAULT false NOT NULL,
	"write_reason" text,
	"memory" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"backfill" jsonb,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"last_run_at" timestamp with time zone,
	"last_checked_at" timestamp with time zone,
	"swept_at" timestamp with time zone,
	"verified_at" timestamp with time zone,
	"pushed_at" timestamp with time zone,
	"leaving_at" timestamp with time zone,
	"connected_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connections_runner_id_platform_pk" PRIMARY KEY("runner_id","platform")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"hash" text PRIMARY KEY NOT NULL,
	"runner_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"id" uuid NOT NULL,
	"name" text,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"runner_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"state" text NOT NULL,
	"external_id" text,
	"local_date" date,
	"parts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"digest" text,
	"fidelity" text,
	"lost" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"intent" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"verified_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "deliveries_runner_id_session_id_platform_pk" PRIMARY KEY("runner_id","session_id","platform")
);
--> statement-breakpoint
CREATE TABLE "effort_checkpoints" (
	"runner_id" uuid NOT NULL,
	"day" date NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "effort_checkpoints_runner_id_day_pk" PRIMARY KEY("runner_id","day")
);
--> statement-breakpoint
CREATE TABLE "effort_states" (
	"runner_id" uuid PRIMARY KEY NOT NULL,
	"dirty_from" date,
	"generation" integer DEFAULT 0 NOT NULL,
	"rules_version" integer DEFAULT 0 NOT NULL,
	"judged_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"key" text NOT NULL,
	"text" text NOT NULL,
	"session_id" uuid,
	"undo" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	CONSTRAINT "messages_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "oauth_flows" (
	"state" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"runner_id" uuid,
	"browser" text NOT NULL,
	"verifier" text,
	"redirect_uri" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"runner_id" uuid PRIMARY KEY NOT NULL,
	"planned_at" timestamp with time zone NOT NULL,
	"unplaced" jsonb NOT NULL,
	"notices" jsonb NOT NULL,
	"expected_runs" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "platform_users" (
	"platform" text NOT NULL,
	"external_user_id" text NOT NULL,
	"runner_id" uuid NOT NULL,
	CONSTRAINT "platform_users_platform_external_user_id_pk" PRIMARY KEY("platform","external_user_id")
);
--> statement-breakpoint
CREATE TABLE "run_sources" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"from" text NOT NULL,
	"external_id" text NOT NULL,
	"arrival_id" uuid,
	"received_at" timestamp with time zone NOT NULL,
	"facts" jsonb NOT NULL,
	"series" "bytea",
	"prepared" "bytea",
	"prepared_version" integer,
	"quality" double precision NOT NULL,
	"reason" text NOT NULL,
	"choice" text,
	"apart" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp with time zone,
	"gone_at" timestamp with time zone,
	CONSTRAINT "run_sources_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "runners" (
	"id" uuid PRIMARY KEY NOT NULL,
	"profile" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"time_zone_fixed" boolean DEFAULT false NOT NULL,
	"notice_url" text,
	"notice_email" text,
	"demo" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"start_at" timestamp with time zone NOT NULL,
	"local_date" date NOT NULL,
	"local_time" text NOT NULL,
	"time_zone" text NOT NULL,
	"offset_seconds" integer NOT NULL,
	"surface" text NOT NULL,
	"distance_meters" double precision,
	"moving_seconds" double precision,
	"elapsed_seconds" double precision,
	"ascent_meters" double precision,
	"descent_meters" double precision,
	"average_heart_rate" double precision,
	"max_heart_rate" double precision,
	"grade_adjusted_pace_seconds_per_km" double precision,
	"laps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"race" boolean DEFAULT false NOT NULL,
	"device" text,
	"best_source_id" uuid,
	"word" text,
	"word_at" timestamp with time zone,
	"asked_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "runs_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "service_facts" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"plan_key" text NOT NULL,
	"local_date" date NOT NULL,
	"local_time" text NOT NULL,
	"time_zone" text NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"template" text NOT NULL,
	"minutes" integer NOT NULL,
	"status" text NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"reasons" jsonb NOT NULL,
	"exercises" jsonb NOT NULL,
	"swaps" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"feedback" jsonb,
	"sequence" integer DEFAULT 0 NOT NULL,
	"published_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sessions_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "strength_activities" (
	"runner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"from" text NOT NULL,
	"external_id" text NOT NULL,
	"start_at" timestamp with time zone NOT NULL,
	"local_date" date NOT NULL,
	"seconds" double precision,
	"sets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"session_id" uuid,
	CONSTRAINT "strength_activities_runner_id_id_pk" PRIMARY KEY("runner_id","id")
);
--> statement-breakpoint
CREATE TABLE "threshold_versions" (
	"runner_id" uuid NOT NULL,
	"from_day" date NOT NULL,
	"thresholds" jsonb NOT NULL,
	CONSTRAINT "threshold_versions_runner_id_from_day_pk" PRIMARY KEY("runner_id","from_day")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"platform" text NOT NULL,
	"delivery_key" text NOT NULL,
	"id" uuid NOT NULL,
	"raw_body" "bytea" NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"handled_at" timestamp with time zone,
	"outcome" text,
	CONSTRAINT "webhook_deliveries_platform_delivery_key_pk" PRIMARY KEY("platform","delivery_key")
);
--> statement-breakpoint
CREATE INDEX "arrivals_parent" ON "arrivals" USING btree ("runner_id","parent_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "arrivals_part" ON "arrivals" USING btree ("runner_id","parent_id","position") WHERE parent_id is not null;--> statement-breakpoint
CREATE INDEX "arrivals_received" ON "arrivals" USING btree ("runner_id","received_at");--> statement-breakpoint
CREATE INDEX "arrivals_external" ON "arrivals" USING btree ("runner_id","from","external_id");--> statement-breakpoint
CREATE INDEX "arrivals_open" ON "arrivals" USING btree ("runner_id","status") WHERE status in ('receiving', 'queued');--> statement-breakpoint
CREATE INDEX "credentials_runner" ON "credentials" USING btree ("runner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_key" ON "messages" USING btree ("runner_id","key");--> statement-breakpoint
CREATE INDEX "platform_users_runner" ON "platform_users" USING btree ("runner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "run_sources_external" ON "run_sources" USING btree ("runner_id","from","external_id");--> statement-breakpoint
CREATE INDEX "run_sources_run" ON "run_sources" USING btree ("runner_id","run_id");--> statement-breakpoint
CREATE INDEX "runs_start" ON "runs" USING btree ("runner_id","start_at");--> statement-breakpoint
CREATE INDEX "runs_day" ON "runs" USING btree ("runner_id","local_date");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_plan_key" ON "sessions" USING btree ("runner_id","plan_key");--> statement-breakpoint
CREATE INDEX "sessions_day" ON "sessions" USING btree ("runner_id","local_date");--> statement-breakpoint
CREATE UNIQUE INDEX "strength_activities_external" ON "strength_activities" USING btree ("runner_id","from","external_id");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_id" ON "webhook_deliveries" USING btree ("id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_received" ON "webhook_deliveries" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_open" ON "webhook_deliveries" USING btree ("received_at") WHERE handled_at is null;