-- CreateTable
CREATE TABLE "project" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "application" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "route_prefix" TEXT,
    "target_revision" INTEGER,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "manual_scale" JSONB NOT NULL DEFAULT '{}',
    "deleting_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revision" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "spec" JSONB NOT NULL,
    "spec_hash" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "traffic_split" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "split_node" TEXT NOT NULL DEFAULT '',
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "traffic_split_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "traffic_variant" (
    "id" TEXT NOT NULL,
    "split_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER,
    "deployment" TEXT,
    "weight" DOUBLE PRECISION NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "traffic_variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "traffic_rule" (
    "id" TEXT NOT NULL,
    "split_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "match" JSONB NOT NULL,
    "variant" TEXT NOT NULL,

    CONSTRAINT "traffic_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "canary_policy" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "policy" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "canary_policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "experiment" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "experiment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slo" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "objective" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "slo_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_rule" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "rule" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bundle" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "sha256" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "files" JSONB NOT NULL DEFAULT '[]',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "bundle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bundle_chunk" (
    "bundle_id" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "bundle_chunk_pkey" PRIMARY KEY ("bundle_id","index")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secret" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "project_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "principal" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object_kind" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "object_name" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "request_id" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "application_status" (
    "application_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "observed_generation" INTEGER NOT NULL,
    "failed_generation" INTEGER,
    "failed_reason" TEXT,
    "serving_revisions" JSONB NOT NULL DEFAULT '[]',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "application_status_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "revision_status" (
    "revision_id" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "description" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revision_status_pkey" PRIMARY KEY ("revision_id")
);

-- CreateTable
CREATE TABLE "revision_deployment" (
    "revision_id" TEXT NOT NULL,
    "deployment" TEXT NOT NULL,
    "pool_id" TEXT NOT NULL,
    "resolved" JSONB NOT NULL,
    "ingress" BOOLEAN NOT NULL,

    CONSTRAINT "revision_deployment_pkey" PRIMARY KEY ("revision_id","deployment")
);

-- CreateTable
CREATE TABLE "pool" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "deployment" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "reconfigure_hash" TEXT NOT NULL,
    "created_for_revision" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pool_status" (
    "pool_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "wanted_replicas" INTEGER NOT NULL,
    "ready_replicas" INTEGER NOT NULL,
    "failures" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_status_pkey" PRIMARY KEY ("pool_id")
);

-- CreateTable
CREATE TABLE "replica" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "pool_id" TEXT NOT NULL,
    "deployment" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "desired" TEXT NOT NULL DEFAULT 'run',
    "stage" TEXT NOT NULL,
    "stage_times" JSONB NOT NULL DEFAULT '{}',
    "message" TEXT NOT NULL DEFAULT '',
    "address" JSONB,
    "pid" INTEGER,
    "exit" JSONB,
    "ongoing" INTEGER NOT NULL DEFAULT 0,
    "rss_bytes" BIGINT,
    "replaces_id" TEXT,
    "replaced_by_id" TEXT,
    "failure_counted" BOOLEAN NOT NULL DEFAULT false,
    "row_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "replica_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignment" (
    "replica_id" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "node_id" TEXT NOT NULL,
    "world_size" INTEGER NOT NULL,
    "cpus" DOUBLE PRECISION NOT NULL,
    "memory_bytes" BIGINT NOT NULL,
    "gpus" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "gpu_uuids" TEXT[],
    "spec" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assignment_pkey" PRIMARY KEY ("replica_id","rank")
);

-- CreateTable
CREATE TABLE "node" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "usage" JSONB,
    "state" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "applied" JSONB NOT NULL DEFAULT '{}',
    "connected" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout_status" (
    "application_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "from_revision" INTEGER,
    "to_revision" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "numbers" JSONB NOT NULL DEFAULT '{}',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rollout_status_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "canary_status" (
    "application_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "analysis" JSONB NOT NULL DEFAULT '{}',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "canary_status_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "bandit_state" (
    "application_id" TEXT NOT NULL,
    "split_node" TEXT NOT NULL DEFAULT '',
    "project_id" TEXT NOT NULL,
    "arms" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bandit_state_pkey" PRIMARY KEY ("application_id","split_node")
);

-- CreateTable
CREATE TABLE "alert_state" (
    "rule_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "numbers" JSONB NOT NULL DEFAULT '{}',
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_state_pkey" PRIMARY KEY ("rule_id")
);

-- CreateTable
CREATE TABLE "effective_traffic" (
    "application_id" TEXT NOT NULL,
    "split_node" TEXT NOT NULL DEFAULT '',
    "project_id" TEXT NOT NULL,
    "variants" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "slice_version" INTEGER NOT NULL DEFAULT 0,
    "slice_epoch" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "in_force_at" TIMESTAMPTZ(3),

    CONSTRAINT "effective_traffic_pkey" PRIMARY KEY ("application_id","split_node")
);

-- CreateTable
CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "project_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "numbers" JSONB NOT NULL DEFAULT '{}',
    "application_id" TEXT,
    "application" TEXT,
    "deployment" TEXT,
    "replica_id" TEXT,
    "node_id" TEXT,
    "revision" INTEGER,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metric_point" (
    "project_id" TEXT NOT NULL,
    "application" TEXT NOT NULL,
    "deployment" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "variant" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "parts" JSONB NOT NULL,

    CONSTRAINT "metric_point_pkey" PRIMARY KEY ("project_id","application","deployment","revision","variant","window_start")
);

-- CreateTable
CREATE TABLE "metric_rollup" (
    "project_id" TEXT NOT NULL,
    "application" TEXT NOT NULL,
    "deployment" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "variant" TEXT NOT NULL,
    "span_seconds" INTEGER NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "totals" JSONB NOT NULL,

    CONSTRAINT "metric_rollup_pkey" PRIMARY KEY ("project_id","application","deployment","revision","variant","span_seconds","window_start")
);

-- CreateTable
CREATE TABLE "bundle_description" (
    "key" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "result" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bundle_description_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "controller_lease" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" INTEGER NOT NULL,
    "holder" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "acquired_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "controller_lease_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "project_name_key" ON "project"("name");

-- CreateIndex
CREATE UNIQUE INDEX "application_project_id_name_key" ON "application"("project_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "application_project_id_route_prefix_key" ON "application"("project_id", "route_prefix");

-- CreateIndex
CREATE UNIQUE INDEX "revision_application_id_number_key" ON "revision"("application_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "traffic_split_application_id_split_node_key" ON "traffic_split"("application_id", "split_node");

-- CreateIndex
CREATE UNIQUE INDEX "traffic_variant_split_id_name_key" ON "traffic_variant"("split_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "traffic_rule_split_id_position_key" ON "traffic_rule"("split_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "canary_policy_application_id_key" ON "canary_policy"("application_id");

-- CreateIndex
CREATE UNIQUE INDEX "experiment_application_id_name_key" ON "experiment"("application_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "slo_application_id_name_key" ON "slo"("application_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "alert_rule_project_id_name_key" ON "alert_rule"("project_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "bundle_project_id_sha256_key" ON "bundle"("project_id", "sha256");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_key_hash_key" ON "api_key"("key_hash");

-- CreateIndex
CREATE INDEX "api_key_project_id_idx" ON "api_key"("project_id");

-- CreateIndex
CREATE UNIQUE INDEX "secret_project_id_name_key" ON "secret"("project_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "setting_project_id_key_key" ON "setting"("project_id", "key");

-- CreateIndex
CREATE INDEX "audit_entry_project_id_id_idx" ON "audit_entry"("project_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_object_kind_object_id_idx" ON "audit_entry"("object_kind", "object_id");

-- CreateIndex
CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_key_project_id_principal_key_key" ON "idempotency_key"("project_id", "principal", "key");

-- CreateIndex
CREATE INDEX "revision_deployment_pool_id_idx" ON "revision_deployment"("pool_id");

-- CreateIndex
CREATE UNIQUE INDEX "pool_application_id_deployment_version_reconfigure_hash_key" ON "pool"("application_id", "deployment", "version", "reconfigure_hash");

-- CreateIndex
CREATE INDEX "replica_application_id_ended_at_idx" ON "replica"("application_id", "ended_at");

-- CreateIndex
CREATE INDEX "replica_pool_id_ended_at_idx" ON "replica"("pool_id", "ended_at");

-- CreateIndex
CREATE INDEX "assignment_node_id_idx" ON "assignment"("node_id");

-- CreateIndex
CREATE INDEX "event_project_id_id_idx" ON "event"("project_id", "id" DESC);

-- CreateIndex
CREATE INDEX "event_application_id_id_idx" ON "event"("application_id", "id" DESC);

-- CreateIndex
CREATE INDEX "event_at_idx" ON "event"("at");

-- CreateIndex
CREATE INDEX "metric_point_window_start_idx" ON "metric_point"("window_start");

-- CreateIndex
CREATE INDEX "metric_rollup_span_seconds_window_start_idx" ON "metric_rollup"("span_seconds", "window_start");

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traffic_split" ADD CONSTRAINT "traffic_split_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traffic_variant" ADD CONSTRAINT "traffic_variant_split_id_fkey" FOREIGN KEY ("split_id") REFERENCES "traffic_split"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traffic_rule" ADD CONSTRAINT "traffic_rule_split_id_fkey" FOREIGN KEY ("split_id") REFERENCES "traffic_split"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "canary_policy" ADD CONSTRAINT "canary_policy_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiment" ADD CONSTRAINT "experiment_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slo" ADD CONSTRAINT "slo_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_rule" ADD CONSTRAINT "alert_rule_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bundle" ADD CONSTRAINT "bundle_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bundle_chunk" ADD CONSTRAINT "bundle_chunk_bundle_id_fkey" FOREIGN KEY ("bundle_id") REFERENCES "bundle"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "secret" ADD CONSTRAINT "secret_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "setting" ADD CONSTRAINT "setting_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application_status" ADD CONSTRAINT "application_status_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision_status" ADD CONSTRAINT "revision_status_revision_id_fkey" FOREIGN KEY ("revision_id") REFERENCES "revision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision_deployment" ADD CONSTRAINT "revision_deployment_revision_id_fkey" FOREIGN KEY ("revision_id") REFERENCES "revision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision_deployment" ADD CONSTRAINT "revision_deployment_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pool" ADD CONSTRAINT "pool_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pool_status" ADD CONSTRAINT "pool_status_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replica" ADD CONSTRAINT "replica_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replica" ADD CONSTRAINT "replica_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_replica_id_fkey" FOREIGN KEY ("replica_id") REFERENCES "replica"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_status" ADD CONSTRAINT "rollout_status_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "canary_status" ADD CONSTRAINT "canary_status_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bandit_state" ADD CONSTRAINT "bandit_state_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_state" ADD CONSTRAINT "alert_state_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "effective_traffic" ADD CONSTRAINT "effective_traffic_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The rest is written by hand: what the schema language cannot say.

-- Weights are percentages, and a variant is a revision or a deployment, exactly one of the two.
ALTER TABLE "traffic_variant" ADD CONSTRAINT "traffic_variant_weight_check" CHECK ("weight" >= 0 AND "weight" <= 100);
ALTER TABLE "traffic_variant" ADD CONSTRAINT "traffic_variant_target_check" CHECK (("revision" IS NULL) <> ("deployment" IS NULL));

-- A complete bundle has its hash.
ALTER TABLE "bundle" ADD CONSTRAINT "bundle_complete_check" CHECK (("completed_at" IS NULL) = ("sha256" IS NULL));

-- There is one lease.
ALTER TABLE "controller_lease" ADD CONSTRAINT "controller_lease_single_check" CHECK ("id" = 1);

-- Bundles are compressed already: Postgres need not try again.
ALTER TABLE "bundle_chunk" ALTER COLUMN "data" SET STORAGE EXTERNAL;

-- Open windows are rewritten each second: room on the page keeps those updates off the indexes.
ALTER TABLE "metric_point" SET (fillfactor = 50);

-- The one project, and the lease that nobody holds yet.
INSERT INTO "project" ("id", "name") VALUES ('default', 'default');
INSERT INTO "controller_lease" ("id", "epoch", "holder", "address", "acquired_at", "expires_at") VALUES (1, 0, '', '', '1970-01-01', '1970-01-01');
