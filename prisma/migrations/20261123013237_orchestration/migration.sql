-- AlterTable
ALTER TABLE "application" ADD COLUMN     "rollout_paused_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "pool_status" ADD COLUMN     "warm_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "replica" ADD COLUMN     "config_version" TEXT,
ADD COLUMN     "refusals" JSONB;

-- AlterTable
ALTER TABLE "rollout_status" ADD COLUMN     "progress_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "node_intent" (
    "node_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "scheduling" TEXT NOT NULL DEFAULT 'open',
    "labels" JSONB NOT NULL DEFAULT '{}',
    "removed_at" TIMESTAMPTZ(3),
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "node_intent_pkey" PRIMARY KEY ("node_id")
);

-- CreateTable
CREATE TABLE "join_token" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "token_hash" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "node_id" TEXT,

    CONSTRAINT "join_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "autoscaler_status" (
    "pool_id" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "target" INTEGER NOT NULL,
    "decision" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "autoscaler_status_pkey" PRIMARY KEY ("pool_id")
);

-- CreateTable
CREATE TABLE "node_credential" (
    "node_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "node_credential_pkey" PRIMARY KEY ("node_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "join_token_token_hash_key" ON "join_token"("token_hash");

-- CreateIndex
CREATE INDEX "autoscaler_status_application_id_idx" ON "autoscaler_status"("application_id");

-- CreateIndex
CREATE UNIQUE INDEX "node_credential_key_hash_key" ON "node_credential"("key_hash");

-- AddForeignKey
ALTER TABLE "autoscaler_status" ADD CONSTRAINT "autoscaler_status_pool_id_fkey" FOREIGN KEY ("pool_id") REFERENCES "pool"("id") ON DELETE CASCADE ON UPDATE CASCADE;
