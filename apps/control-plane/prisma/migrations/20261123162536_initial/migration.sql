-- CreateTable
CREATE TABLE "change_counter" (
    "topic" TEXT NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "change_counter_pkey" PRIMARY KEY ("topic")
);

-- CreateTable
CREATE TABLE "key_material" (
    "name" TEXT NOT NULL,
    "public" BYTEA NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "key_material_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "resource" (
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "manifest" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "resource_pkey" PRIMARY KEY ("kind","name")
);

-- CreateTable
CREATE TABLE "resource_version" (
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "manifest" TEXT,
    "changed_at" TIMESTAMP(3) NOT NULL,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "resource_version_pkey" PRIMARY KEY ("kind","name","version")
);

-- CreateTable
CREATE TABLE "target_secret" (
    "target_name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "target_secret_pkey" PRIMARY KEY ("target_name")
);

-- CreateTable
CREATE TABLE "bootstrap_manifest" (
    "digest" TEXT NOT NULL,
    "applied_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "bootstrap_manifest_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "access_token" (
    "id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "principal_id" TEXT NOT NULL,
    "principal_name" TEXT NOT NULL,
    "principal" JSONB NOT NULL,
    "targets" TEXT[],
    "actions" TEXT[],
    "issued_at" TIMESTAMP(3) NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "revoked_at" TIMESTAMP(3),
    "revoked_by" TEXT,

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "join_token" (
    "id" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "used_at" TIMESTAMP(3),
    "used_by" TEXT,

    CONSTRAINT "join_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "component" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "joined_at" TIMESTAMP(3) NOT NULL,
    "serial" TEXT NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "last_seen_at" TIMESTAMP(3),

    CONSTRAINT "component_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token_id" TEXT NOT NULL,
    "principal_id" TEXT NOT NULL,
    "principal_name" TEXT NOT NULL,
    "principal" JSONB NOT NULL,
    "target_name" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "proxy_id" TEXT NOT NULL,
    "proxy_instance" TEXT NOT NULL,
    "client_address" TEXT NOT NULL,
    "client_name" TEXT NOT NULL,
    "view_revision" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "opened_at" TIMESTAMP(3) NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "end_requested" TEXT,
    "closed_at" TIMESTAMP(3),
    "close_reason" TEXT NOT NULL DEFAULT '',
    "seal_state" INTEGER NOT NULL DEFAULT 0,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "sealed_at" TIMESTAMP(3),
    "statements" INTEGER NOT NULL DEFAULT 0,
    "denied" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "index_entry" (
    "session_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "time_us" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "entry" BYTEA NOT NULL,

    CONSTRAINT "index_entry_pkey" PRIMARY KEY ("session_id","sequence")
);

-- CreateTable
CREATE TABLE "hold" (
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "principal_id" TEXT NOT NULL,
    "target_name" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "policy_revision" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "snapshot" BYTEA NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "settled_at" TIMESTAMP(3),
    "used_by_session_id" TEXT,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold_review" (
    "hold_id" TEXT NOT NULL,
    "principal_id" TEXT NOT NULL,
    "principal" JSONB NOT NULL,
    "name" TEXT NOT NULL,
    "approved" BOOLEAN NOT NULL,
    "comment" TEXT NOT NULL,
    "reviewed_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "hold_review_pkey" PRIMARY KEY ("hold_id","principal_id")
);

-- CreateTable
CREATE TABLE "access_lock" (
    "id" TEXT NOT NULL,
    "principal_id" TEXT NOT NULL,
    "group" TEXT NOT NULL,
    "target_name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMP(3),

    CONSTRAINT "access_lock_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "access_token_hash_key" ON "access_token"("hash");

-- CreateIndex
CREATE INDEX "access_token_principal_id_issued_at_idx" ON "access_token"("principal_id", "issued_at");

-- CreateIndex
CREATE INDEX "access_token_expires_at_idx" ON "access_token"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "join_token_hash_key" ON "join_token"("hash");

-- CreateIndex
CREATE INDEX "session_proxy_id_state_idx" ON "session"("proxy_id", "state");

-- CreateIndex
CREATE INDEX "session_state_expires_at_idx" ON "session"("state", "expires_at");

-- CreateIndex
CREATE INDEX "session_opened_at_idx" ON "session"("opened_at");

-- CreateIndex
CREATE INDEX "session_principal_id_opened_at_idx" ON "session"("principal_id", "opened_at");

-- CreateIndex
CREATE INDEX "session_target_name_opened_at_idx" ON "session"("target_name", "opened_at");

-- CreateIndex
CREATE INDEX "hold_status_expires_at_idx" ON "hold"("status", "expires_at");

-- CreateIndex
CREATE INDEX "hold_principal_id_target_name_digest_idx" ON "hold"("principal_id", "target_name", "digest");

-- CreateIndex
CREATE INDEX "hold_session_id_idx" ON "hold"("session_id");

-- CreateIndex
CREATE INDEX "hold_created_at_idx" ON "hold"("created_at");

-- AddForeignKey
ALTER TABLE "index_entry" ADD CONSTRAINT "index_entry_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hold_review" ADD CONSTRAINT "hold_review_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "hold"("id") ON DELETE CASCADE ON UPDATE CASCADE;
