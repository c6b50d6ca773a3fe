import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ApplicationFrame } from "@/features/application/application-frame.tsx";

export async function generateMetadata({ params }: { params: Promise<{ name: string }> }): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default function ApplicationLayout({ children }: { children: ReactNode }) {
  return <ApplicationFrame>{children}</ApplicationFrame>;
}
